import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../domain/hub-error.js';
import { fieldsOf } from '../../domain/read-fields.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { strategyFor } from '../strategies/strategies.js';
import { NamedUrls } from '../upstream/named-urls.service.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import type { RequestContext } from './fallback-request.js';
import { subjectOf } from './request-subject.js';
import { sourceFailure } from './source-failure.js';
import { storageRefused } from './xet-storage-replies.js';

/** Revisions whose tokens are kept, for each source. */
const MAX_KEPT = 1000;
/** A kept token is not used any longer in its last minutes: clients request a new one in the last minute. */
const RESERVE_MS = 120_000;
const MAX_TOKEN_LENGTH = 4096;
/** A token that claims to be valid for longer is requested again after this time. */
const MAX_LIFETIME_MS = 24 * 3_600_000;

/** Access to the Xet storage of a source, which the source grants for one revision. */
export interface XetConnection {
  /** Without a trailing slash. */
  readonly casUrl: string;
  readonly accessToken: string;
  /** Unix time in seconds. */
  readonly exp: number;
}

/** The revision that a token is for. */
export interface XetRevision {
  readonly repo: RepoId;
  readonly revision: string;
}

/**
 * Short-lived tokens for the Xet storages of sources. They are requested with the credentials of the source, if it has any; a client may only
 * receive one that was requested without any.
 */
@Injectable()
export class XetConnections {
  /** By source, so that tokens which were granted to former credentials are not used. */
  private readonly kept = new WeakMap<Source, LRUCache<string, XetConnection>>();
  private readonly flights = new WeakMap<Source, SingleFlight<XetConnection>>();

  constructor(
    private readonly upstream: UpstreamClient,
    private readonly named: NamedUrls,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /** @throws HubError `NotFound` if the source has no Xet storage for the repository; the error of the source */
  async of(source: Source, of: XetRevision, context: RequestContext): Promise<XetConnection> {
    const key = `${of.repo.type} ${repoFullName(of.repo)} ${of.revision}`;
    const kept = this.keptOf(source).get(key);
    if (kept && kept.exp * 1000 > this.clock().getTime() + RESERVE_MS) return kept;
    return this.flightsOf(source).join(key, context.signal, async (signal) => {
      const connection = await this.request(source, of, { ...context, signal });
      this.keptOf(source).set(key, connection);
      return connection;
    });
  }

  /** Drops a token that the storage does not accept. */
  forget(source: Source, { repo, revision }: XetRevision): void {
    this.keptOf(source).delete(`${repo.type} ${repoFullName(repo)} ${revision}`);
  }

  private async request(
    source: Source,
    { repo, revision }: XetRevision,
    context: RequestContext,
  ): Promise<XetConnection> {
    const request = strategyFor(source.type).xetToken?.(repo, revision);
    if (!request) throw withoutXet(source);
    const { via, signal, client, isBackground } = context;
    const deadlineAt = performance.now() + this.config.fallback.deadlineMs;
    const subject = subjectOf({ kind: 'info', repo, query: [] });
    const outcome = await this.upstream.send(source, request, {
      via,
      signal,
      client,
      isBackground,
      deadlineAt,
      subject,
    });
    if (outcome.kind === 'failure' || outcome.status >= 400) throw failureOf(source, repo, outcome);
    outcome.hold?.claim()();
    return this.read(source, outcome.json);
  }

  private read(source: Source, json: unknown): XetConnection {
    const { casUrl, accessToken, exp } = fieldsOf(json);
    const now = this.clock().getTime();
    const refusal = this.named.refusal(casUrl, source);
    if (refusal !== undefined) throw storageRefused(source, `cannot be used. ${refusal}`);
    const url = this.named.accept(casUrl, source);
    const isToken =
      typeof accessToken === 'string' && accessToken.length <= MAX_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(accessToken);
    if (url === undefined || !isToken || typeof exp !== 'number' || !(exp * 1000 > now))
      throw new HubError('UpstreamFailed', `The source ${source.name} returned an invalid token for its Xet storage.`, {
        source: { name: source.name, url: source.url },
      });
    return { casUrl: url, accessToken, exp: Math.floor(Math.min(exp, (now + MAX_LIFETIME_MS) / 1000)) };
  }

  private keptOf(source: Source): LRUCache<string, XetConnection> {
    let kept = this.kept.get(source);
    if (!kept) this.kept.set(source, (kept = new LRUCache({ max: MAX_KEPT })));
    return kept;
  }

  private flightsOf(source: Source): SingleFlight<XetConnection> {
    let flights = this.flights.get(source);
    if (!flights) this.flights.set(source, (flights = new SingleFlight()));
    return flights;
  }
}

/** A source without Xet has no such URL. */
function failureOf(source: Source, repo: RepoId, outcome: Outcome): HubError {
  const isMissing = outcome.kind === 'reply' && (outcome.status === 404 || outcome.status === 405);
  return isMissing && outcome.headers['x-error-code'] === undefined
    ? withoutXet(source)
    : sourceFailure(source, repo, outcome);
}

const withoutXet = ({ name, url }: Source): HubError =>
  new HubError('NotFound', `The source ${name} does not offer files of this repository over Xet.`, {
    source: { name, url },
  });
