import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import { isOnRepo, type AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { KeptAnswers, keptRepository, type AnswerSlot, type KeptAnswer } from '../cache/kept-answers.service.js';
import { timeoutMsOf } from '../upstream/source-timeout.js';
import { isRefusal } from './definitive-answer.js';
import { FreshnessMetrics } from './freshness-metrics.service.js';
import { accessSlot, keptContents, revisionSlot, slotOf } from './kept-slots.js';
import { keptRequest } from './kept-requests.js';
import { SourceProbe } from './source-probe.service.js';

/** A source that could not be asked is not asked again for this time. */
const PAUSE_MS = 5_000;
/** How long a request waits for the check of a reply. */
const MAX_WAIT_MS = 3_000;
const POLL_MS = 100;
/** How long another replica waits for a check beyond the timeout of the source, before it checks the reply itself. */
const LEASE_MARGIN_MS = 2_000;

/** A kept reply, or the commit of a revision, that must be checked. */
export interface OutdatedAnswer {
  readonly source: Source;
  /** Has the times of the check. */
  readonly slot: AnswerSlot;
  readonly answer: KeptAnswer;
  /** The request that checks it. */
  readonly operation: AnyOperation;
}

/** Checks kept replies with their sources: each once for all replicas and requests. */
@Injectable()
export class Revalidation implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Revalidation.name);
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly kept: KeptAnswers,
    private readonly probe: SourceProbe,
    private readonly metrics: FreshnessMetrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  /** Checks a reply in the background, unless this or another replica does. */
  start(outdated: OutdatedAnswer, isBackground = true): Promise<void> {
    const key = JSON.stringify([outdated.source.key, outdated.slot.repository, outdated.slot.name]);
    const existing = this.running.get(key);
    if (existing) return existing;
    const check = this.check(outdated, isBackground)
      .catch((err: unknown) => this.logger.warn({ err }, 'Failed to check a kept reply of a source'))
      .finally(() => this.running.delete(key));
    this.running.set(key, check);
    return check;
  }

  /** Checks a reply, and waits for the result, also if another replica gets it. */
  async wait(outdated: OutdatedAnswer, signal: AbortSignal): Promise<void> {
    const { slot, answer } = outdated;
    const until = performance.now() + MAX_WAIT_MS;
    await Promise.race([this.start(outdated, false), pause(MAX_WAIT_MS, undefined, { ref: false })]);
    for (;;) {
      const now = await this.kept.reload(slot);
      const isDone = !now || now.checkedAt !== answer.checkedAt || now.failedAt !== answer.failedAt;
      if (isDone || signal.aborted || performance.now() >= until) return;
      await pause(POLL_MS);
    }
  }

  /**
   * Records what the reply of a source means for the kept ones: it replaces them, or ends them if access was withdrawn.
   * @returns whether the source has replied
   */
  async record(source: Source, operation: AnyOperation, attempt: Attempt): Promise<boolean> {
    if (isOnRepo(operation) && isRefusal(attempt)) {
      await this.kept.removeAll({ repository: keptRepository(operation.repo), source });
      return true;
    }
    const contents = keptContents(source, operation, attempt);
    for (const [slot, content] of contents) await this.replace(slot, content.commit, content);
    if (isOnRepo(operation) && contents.length > 0) await this.noteAccess(source, operation);
    if (contents.length === 0 && isGone(attempt)) await this.removeGone(source, operation);
    return contents.length > 0 || isGone(attempt);
  }

  private async check({ source, slot, answer, operation }: OutdatedAnswer, isBackground: boolean): Promise<void> {
    const timeoutMs = timeoutMsOf(source, this.config);
    if (!(await this.kept.claim(slot, answer, timeoutMs + LEASE_MARGIN_MS))) return;
    const own = await this.kept.get(slotOf(source, operation));
    const attempt = await this.probe.attempt(source, operation, {
      via: [],
      isBackground,
      signal: this.stopping.signal,
      deadlineAt: performance.now() + this.config.fallback.deadlineMs,
      ifNoneMatch: operation.kind === 'resolve' ? undefined : own?.replies?.[0]?.headers['etag'],
    });
    if (this.stopping.signal.aborted) return;
    const isUnchanged = own !== undefined && attempt.outcome.status === 304;
    if (isUnchanged) await this.confirm(source, operation, own);
    const isAnswered = isUnchanged || (await this.record(source, operation, attempt));
    if (isAnswered) await this.kept.confirm(slot);
    else await this.kept.fail(slot, PAUSE_MS);
    this.metrics.countCheck(source.name, isUnchanged ? 'unchanged' : isAnswered ? 'replaced' : 'failed');
  }

  private async confirm(source: Source, operation: AnyOperation, { commit }: KeptAnswer): Promise<void> {
    await this.kept.confirm(slotOf(source, operation));
    const kept = keptRequest(operation);
    if (!isOnRepo(operation) || kept === undefined) return;
    if (kept.by !== 'commit' && kept.revision !== undefined && commit !== undefined)
      await this.replace(revisionSlot(source, operation, kept.revision), commit, { commit });
    await this.noteAccess(source, operation);
  }

  /** Other replicas must not serve replies about the previous commit next to this one. */
  private async replace(slot: AnswerSlot, commit: string | undefined, content: Partial<KeptAnswer>): Promise<void> {
    const before = await this.kept.get(slot);
    await this.kept.put(slot, content);
    if (before && before.commit !== commit) await this.kept.forget(slot.repository);
  }

  private async noteAccess(source: Source, operation: Parameters<typeof accessSlot>[1]): Promise<void> {
    const slot = accessSlot(source, operation);
    const known = await this.kept.get(slot);
    if (known && known.failedAt === undefined && this.kept.now - known.checkedAt < PAUSE_MS) return;
    await this.kept.put(slot, {});
  }

  /** The source no longer has what was requested, but still has the repository. */
  private async removeGone(source: Source, operation: AnyOperation): Promise<void> {
    const kept = keptRequest(operation);
    await this.kept.remove(slotOf(source, operation));
    if (isOnRepo(operation) && kept && kept.by !== 'commit' && kept.revision !== undefined)
      await this.kept.remove(revisionSlot(source, operation, kept.revision));
  }
}

/** A definitive "not found" of a file, revision, account or list. */
const isGone = ({ category }: Attempt): boolean => category === 'not-found';
