import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import type { Freshness } from '../../domain/freshness.js';
import { isOnRepo, type AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { repoBindingPrefix } from '../cache/binding-key.js';
import { CommitMetadataCache } from '../cache/commit-metadata-cache.service.js';
import type { SendContext } from '../upstream/send-context.js';
import { probeKey } from './fallback-request.js';
import { didNotRespond } from './definitive-answer.js';
import { immutableReply, mayCache, requestedCommit } from './immutable-replies.js';
import { KeptProbe } from './kept-probe.service.js';
import { SourceProbe } from './source-probe.service.js';

/** A request whose reply never changes. */
interface Immutable {
  readonly commit: string;
  readonly key: string;
}

/**
 * A `SourceProbe` that keeps replies: for sources whose content is kept, all of them in the database (docs/adr/0043), otherwise those about commits for a day
 * (docs/adr/0010).
 */
@Injectable()
export class CachingProbe {
  private readonly alwaysRequiresAuth: boolean;

  constructor(
    @Inject(HUB_CONFIG) { fallback }: HubConfig,
    private readonly probe: SourceProbe,
    private readonly cache: CommitMetadataCache,
    private readonly kept: KeptProbe,
  ) {
    this.alwaysRequiresAuth = fallback.requireAuth;
  }

  /** For requests that are not about one repository. */
  attempt(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    return this.cachedOrSend(source, operation, context);
  }

  /** For a bound repository: returns the cached reply, or sends the request if nothing is cached. */
  async cachedOrSend(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    if (source.keepsReplies) return this.kept.attempt(operation, { source, context, isSearch: false });
    const immutable = this.immutable(source, operation);
    const cached = immutable && (await this.cached(source, operation, immutable));
    return cached ?? this.send(source, operation, context);
  }

  /**
   * For a search, which needs to know what the source has now: sends the request, and returns the cached reply only if the source does not
   * respond.
   */
  async sendOrCached(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    if (source.keepsReplies) return this.kept.attempt(operation, { source, context, isSearch: true });
    const attempt = await this.send(source, operation, context);
    const immutable = didNotRespond(attempt) ? this.immutable(source, operation) : undefined;
    return (immutable && (await this.cached(source, operation, immutable, 'stale'))) ?? attempt;
  }

  private async send(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    const immutable = this.immutable(source, operation);
    if (!immutable) return this.probe.attempt(source, operation, context);
    return this.cache.fill(immutable.key, async (store) => {
      const attempt = await this.probe.attempt(source, operation, context);
      const reply = immutableReply(attempt, immutable.commit);
      if (reply) await store(reply);
      return attempt;
    });
  }

  private async cached(
    source: Source,
    operation: AnyOperation,
    { key }: Immutable,
    freshness: Freshness = 'fresh',
  ): Promise<Attempt | undefined> {
    const reply = await this.cache.get(key);
    return reply && this.probe.cachedAttempt(source, operation, { ...reply, freshness });
  }

  private immutable(source: Source, operation: AnyOperation): Immutable | undefined {
    const commit = requestedCommit(operation);
    if (commit === undefined || !isOnRepo(operation) || !mayCache(source, this.alwaysRequiresAuth)) return undefined;
    return { commit, key: `${repoBindingPrefix(operation.repo)}:${source.key}:${probeKey(operation)}` };
  }
}
