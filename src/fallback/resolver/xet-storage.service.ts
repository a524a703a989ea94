import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../domain/hub-error.js';
import { parseUrl } from '../../domain/parse-url.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, UnreadBody } from '../../domain/upstream.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { ByteRange } from '../../platform/http/byte-range.js';
import { NamedUrls } from '../upstream/named-urls.service.js';
import type { SendContext } from '../upstream/send-context.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import type { RequestContext } from './fallback-request.js';
import { subjectOf } from './request-subject.js';
import { expectedBytes, factsOf, storageFailure, storageName, storageRefused } from './xet-storage-replies.js';
import { XetConnections, type XetConnection } from './xet-connections.service.js';
import {
  InvalidReconstruction,
  readReconstruction,
  type SourceReconstruction,
  type XorbPlace,
} from './xet-reconstruction.js';

/** Estimated size of the kept descriptions of this process, and of a term without its URL. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const TERM_BYTES = 500;
/** The URLs in a description are valid for about an hour at huggingface.co. */
const KEPT_MS = 10 * 60_000;
/** Statuses of a storage that does not have a version of the API. */
const UNKNOWN_VERSION: ReadonlySet<number> = new Set([404, 405, 410, 501]);
const DENIED: ReadonlySet<number> = new Set([401, 403]);

/** A range of a file in the Xet storage of a source. */
export interface XetFileRange {
  readonly source: Source;
  readonly repo: RepoId;
  readonly commit: string;
  readonly hash: string;
  readonly range: ByteRange;
}

/** Reads files from the Xet storages of sources, with the tokens that the sources grant. */
@Injectable()
export class XetStorage {
  private readonly kept = new LRUCache<string, SourceReconstruction>({
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ terms }) => terms.reduce((bytes, { place }) => bytes + TERM_BYTES + place.url.length, 0),
    ttl: KEPT_MS,
  });
  private readonly flights = new SingleFlight<SourceReconstruction>();
  /** A source whose settings or credentials change is another object. */
  private readonly versions = new WeakMap<Source, number>();
  private lastVersion = 0;

  constructor(
    private readonly upstream: UpstreamClient,
    private readonly connections: XetConnections,
    private readonly named: NamedUrls,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * @param expired - a description that must not be returned again
   * @throws HubError the error of the source or its storage; `UpstreamFailed` if its description is invalid
   */
  describe(file: XetFileRange, context: RequestContext, expired?: SourceReconstruction): Promise<SourceReconstruction> {
    const key = `${this.versionOf(file.source)} ${keyOf(file)}`;
    const kept = this.kept.get(key);
    if (kept && kept !== expired) return Promise.resolve(kept);
    return this.flights.join(key, context.signal, async (signal) => {
      const found = await this.requestDescription(file, { ...context, signal });
      this.kept.set(key, found);
      return found;
    });
  }

  /**
   * Requests chunks of a xorb. A URL that has expired is replaced once.
   *
   * @param placeIn - finds the chunks in a description
   * @throws HubError the error of the storage; `UpstreamFailed` if it sends other bytes
   */
  async open(
    file: XetFileRange,
    bytes: ByteRange,
    placeIn: (description: SourceReconstruction) => XorbPlace | undefined,
    context: RequestContext,
  ): Promise<UnreadBody> {
    let description = await this.describe(file, context);
    for (let isRetry = false; ; isRetry = true) {
      const place = placeIn(description);
      if (!place)
        throw new HubError(
          'Forbidden',
          'The link does not permit these bytes. Request the description of the file again.',
        );
      const outcome = await this.request(file, place.url, { range: bytes }, context);
      if (isRetry || outcome.kind === 'failure' || !DENIED.has(outcome.status))
        return expectedBytes(file, outcome, bytes);
      description = await this.describe(file, context, description);
    }
  }

  private versionOf(source: Source): number {
    const version = this.versions.get(source) ?? ++this.lastVersion;
    this.versions.set(source, version);
    return version;
  }

  private async requestDescription(file: XetFileRange, context: RequestContext): Promise<SourceReconstruction> {
    const { source, repo, commit: revision } = file;
    let outcome: Outcome | undefined;
    for (let tries = 0; tries < 2; tries++) {
      const connection = await this.connections.of(source, { repo, revision }, context);
      outcome = await this.requestVersions(file, connection, context);
      if (outcome.kind === 'failure' || !DENIED.has(outcome.status)) break;
      this.connections.forget(source, { repo, revision });
    }
    return this.read(file, outcome!);
  }

  /** Version 1 first: each of its URLs is for one range, as this hub requests them. */
  private async requestVersions(file: XetFileRange, { casUrl, accessToken }: XetConnection, context: RequestContext) {
    const send = (version: number): Promise<Outcome> =>
      this.request(
        file,
        `${casUrl}/v${version}/reconstructions/${file.hash}`,
        { range: file.range, accessToken },
        context,
      );
    const outcome = await send(1);
    return outcome.kind === 'reply' && UNKNOWN_VERSION.has(outcome.status) ? send(2) : outcome;
  }

  private async read(file: XetFileRange, outcome: Outcome): Promise<SourceReconstruction> {
    const { source, range } = file;
    if (outcome.kind === 'reply' && (outcome.status === 404 || outcome.status === 416))
      throw new HubError('NotFound', `${storageName(source)} does not have this part of the file.`, factsOf(source));
    if (outcome.kind === 'failure' || outcome.status >= 300) throw storageFailure(file, outcome);
    const allowed = new Set<string>();
    const release = outcome.hold?.claim();
    try {
      return await runInSteps(
        readReconstruction(outcome.json, range.end - range.start + 1, (url) => this.refusalOf(url, source, allowed)),
      );
    } catch (error) {
      if (!(error instanceof InvalidReconstruction)) throw error;
      throw storageRefused(source, `sent a description of the file that was refused, because it ${error.message}`);
    } finally {
      release?.();
    }
  }

  /** @param allowed - origins that were checked before */
  private refusalOf(text: string, source: Source, allowed: Set<string>): string | undefined {
    const origin = parseUrl(text)?.origin;
    if (origin !== undefined && allowed.has(origin)) return undefined;
    if (this.named.accept(origin, source) === undefined)
      return this.named.refusal(origin, source) ?? 'It is not the URL of an HTTP server';
    allowed.add(origin!);
    return undefined;
  }

  private request(
    { source, repo }: XetFileRange,
    url: string,
    { range, accessToken }: { readonly range: ByteRange; readonly accessToken?: string },
    { via, signal, client }: RequestContext,
  ): Promise<Outcome> {
    const conditions = { range: `bytes=${range.start}-${range.end}` };
    const isJson = accessToken !== undefined;
    const subject = subjectOf({ kind: 'info', repo, query: [] });
    const context: SendContext = {
      via,
      signal,
      client,
      subject,
      deadlineAt: performance.now() + this.config.fallback.deadlineMs,
    };
    const token = isJson && { readsJson: true as const, bearer: accessToken };
    return this.upstream.fetchNamed(
      source,
      url,
      { method: 'GET', conditions, mayBeOwnOrigin: true, ...token },
      context,
    );
  }
}

const keyOf = ({ repo, commit, hash, range }: XetFileRange): string =>
  [repo.type, repoFullName(repo), commit, hash, range.start, range.end].join(' ');
