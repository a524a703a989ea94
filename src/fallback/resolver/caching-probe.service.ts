import { Inject, Injectable } from '@nestjs/common';
import { MetadataMemory } from '../cache/metadata-memory.service.js';
import type { Attempt } from '../../domain/attempt.js';
import { isOnRepo, type AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { repoBindingPrefix } from '../cache/binding-key.js';
import { requestedCommit, immutableReply, mayCache } from './immutable-replies.js';
import { isInconclusive } from './walk-chain.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { SendContext } from '../upstream/upstream-client.js';
import { probeKey } from './fallback-request.js';
import { SourceProbe } from './source-probe.service.js';

/** A question whose answer lasts. */
interface Lasting {
  readonly commit: string;
  readonly key: string;
}

/** Context sources as `SourceProbe` does, but what a source said about a commit it need not say twice (docs/adr/0010). */
@Injectable()
export class CachingProbe {
  private readonly alwaysRequiresAuth: boolean;

  constructor(
    @Inject(HUB_CONFIG) { fallback }: HubConfig,
    private readonly probe: SourceProbe,
    private readonly memory: MetadataMemory,
  ) {
    this.alwaysRequiresAuth = fallback.requireAuth;
  }

  /** For the source of a bound repository: what it has said once is its answer. */
  async cachedOrSend(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    const lasting = this.lasting(source, operation);
    const recalled = lasting && (await this.recall(source, operation, lasting));
    return recalled ?? this.ask(source, operation, context);
  }

  /** For finding out who has a repository now: asked; but where the source cannot answer, what it has said once stands. */
  async sendOrCached(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    const attempt = await this.ask(source, operation, context);
    const lasting = isInconclusive(attempt) ? this.lasting(source, operation) : undefined;
    return (lasting && (await this.recall(source, operation, lasting))) ?? attempt;
  }

  private async ask(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    const lasting = this.lasting(source, operation);
    const { generation } = this.memory;
    const attempt = await this.probe.attempt(source, operation, context);
    const reply = lasting && immutableReply(attempt, lasting.commit);
    if (reply) await this.memory.keep(lasting.key, reply, generation);
    return attempt;
  }

  private async recall(source: Source, operation: AnyOperation, { key }: Lasting): Promise<Attempt | undefined> {
    const reply = await this.memory.recall(key);
    return reply && this.probe.cachedAttempt(source, operation, reply);
  }

  private lasting(source: Source, operation: AnyOperation): Lasting | undefined {
    const commit = requestedCommit(operation);
    if (commit === undefined || !isOnRepo(operation) || !mayCache(source, this.alwaysRequiresAuth)) return undefined;
    return { commit, key: `${repoBindingPrefix(operation.repo)}:${source.key}:${probeKey(operation)}` };
  }
}
