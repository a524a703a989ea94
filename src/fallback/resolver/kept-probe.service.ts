import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import { freshnessState, windowsOf, type Freshness, type FreshnessState } from '../../domain/freshness.js';
import { isOnAccount, isOnRepo, type AnyOperation, type Operation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { KeptAnswers, type KeptAnswer } from '../cache/kept-answers.service.js';
import type { Replies } from '../strategies/source-strategy.js';
import { didNotRespond } from './definitive-answer.js';
import { FreshnessMetrics } from './freshness-metrics.service.js';
import { KeptAbsences } from './kept-absences.service.js';
import { atCommit, keptRequest, similarRequests, type KeptRequest } from './kept-requests.js';
import { accessSlot, revisionSlot, slotOf } from './kept-slots.js';
import type { SourceScope, Timed } from './kept-scope.js';
import { Revalidation } from './revalidation.service.js';
import { SourceProbe } from './source-probe.service.js';

/** A `SourceProbe` for sources whose replies are stored in the database (ADR 43). A kept reply is returned in place of the one of the source. */
@Injectable()
export class KeptProbe {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly kept: KeptAnswers,
    private readonly probe: SourceProbe,
    private readonly absences: KeptAbsences,
    private readonly revalidation: Revalidation,
    private readonly metrics: FreshnessMetrics,
  ) {}

  async attempt(operation: AnyOperation, scope: SourceScope): Promise<Attempt> {
    const request = keptRequest(operation);
    if (!request) return this.probe.attempt(scope.source, operation, scope.context);
    switch (request.by) {
      case 'commit':
        return this.aboutCommit(request.operation, scope);
      case 'revision':
        return this.timed(request.operation, await this.byRevision(request, scope), scope);
      case 'reply':
        return this.timed(request.operation, this.byReply(request, scope), scope);
    }
  }

  /** A reply about a commit never changes. Whether the source still gives access to the repository is checked when it is searched. */
  private async aboutCommit(operation: Operation, scope: SourceScope): Promise<Attempt> {
    const { source, isSearch } = scope;
    const answer = await this.kept.get(slotOf(source, operation));
    if (!answer?.replies) return this.send(operation, scope);
    if (isSearch && !source.offline) await this.checkAccess(operation, scope);
    return this.served(operation, answer, { scope, freshness: 'fresh', checkedAt: answer.checkedAt });
  }

  private async checkAccess(operation: Operation, { source }: SourceScope): Promise<void> {
    const slot = accessSlot(source, operation);
    const answer = await this.kept.get(slot);
    if (!answer || this.stateOf(source, answer) === 'fresh') return;
    void this.revalidation.start({ source, slot, answer, operation });
  }

  private byReply({ operation, revision }: KeptRequest & { by: 'reply' }, scope: SourceScope): Timed {
    return {
      slot: slotOf(scope.source, operation),
      check: operation,
      request: () => this.send(operation, scope),
      content: async (current) => {
        if (revision === undefined || !isOnRepo(operation)) return current;
        const latest = await this.kept.get(revisionSlot(scope.source, operation, revision));
        return latest === undefined || latest.commit === current.commit ? current : undefined;
      },
    };
  }

  private async byRevision(request: KeptRequest & { by: 'revision' }, scope: SourceScope): Promise<Timed> {
    const { operation, revision, refresh } = request;
    return {
      slot: revisionSlot(scope.source, operation, revision),
      check: refresh,
      content: ({ commit }) => this.kept.get(slotOf(scope.source, atCommit(operation, commit!))),
      request: (current) =>
        current ? this.sendAtCommit(request, current.commit!, scope) : this.sendFirst(request, scope),
    };
  }

  /** Requests what the commit of the revision has. If the source no longer has the commit, the revision has changed. */
  private async sendAtCommit(
    { operation }: KeptRequest & { by: 'revision' },
    commit: string,
    scope: SourceScope,
  ): Promise<Attempt> {
    const attempt = await this.send(atCommit(operation, commit), scope);
    return attempt.errorCode === 'RevisionNotFound' ? this.send(operation, scope) : attempt;
  }

  /** The commit of the revision is requested first if the reply would not show it. */
  private async sendFirst(request: KeptRequest & { by: 'revision' }, scope: SourceScope): Promise<Attempt> {
    const { operation, refresh, revision } = request;
    if (refresh === operation) return this.send(operation, scope);
    const first = await this.send(refresh, scope);
    const current = first.verdict === 'serve' && (await this.kept.get(revisionSlot(scope.source, operation, revision)));
    if (current && current.commit !== undefined) return this.sendAtCommit(request, current.commit, scope);
    return this.probe.attempt(scope.source, operation, scope.context);
  }

  private async timed(operation: AnyOperation, timed: Timed, scope: SourceScope): Promise<Attempt> {
    const { source, context } = scope;
    if (context.mustAsk && !source.offline) return timed.request();
    let current = await this.kept.get(timed.slot);
    let state = current && this.stateOf(source, current);
    if (current && state !== 'fresh') {
      current = await this.kept.reload(timed.slot); // another replica may have checked it
      state = current && this.stateOf(source, current);
    }
    if (!current || state === undefined || state === 'expired')
      return (await this.missingAccount(operation, scope)) ?? timed.request();
    let freshness = FRESHNESS[state];
    if (source.offline) freshness = state === 'fresh' ? 'fresh' : 'stale';
    else if (state !== 'fresh') {
      const outdated = { source, slot: timed.slot, answer: current, operation: timed.check };
      if (state === 'wait') {
        await this.revalidation.wait(outdated, context.signal);
        current = await this.kept.get(timed.slot);
        if (!current) return timed.request();
        freshness =
          current.failedAt !== undefined || current.checkedAt === outdated.answer.checkedAt ? 'stale' : 'revalidated';
      } else void this.revalidation.start(outdated);
    }
    const answer = await timed.content(current);
    if (!answer?.replies) return timed.request(current);
    return this.served(operation, answer, { scope, freshness, checkedAt: current.checkedAt });
  }

  /** "Not found" for a name that is known as that of the other kind of account. That account is checked with its source when it is looked up. */
  private async missingAccount(operation: AnyOperation, scope: SourceScope): Promise<Attempt | undefined> {
    if (!isOnAccount(operation)) return undefined;
    const { source } = scope;
    const absence = await this.absences.find(source, operation, (answer) => this.stateOf(source, answer) !== 'expired');
    if (!absence) return undefined;
    const freshness = FRESHNESS[this.stateOf(source, absence)];
    return this.served(operation, absence, { scope, freshness, checkedAt: absence.checkedAt });
  }

  private stateOf(source: Source, answer: KeptAnswer): FreshnessState {
    const state = freshnessState(answer, windowsOf(source, this.config.fallback), this.kept.now);
    return source.offline && state === 'expired' ? 'failing' : state;
  }

  private async send(operation: AnyOperation, scope: SourceScope): Promise<Attempt> {
    const { source, context } = scope;
    const attempt = await this.kept.fill(async (isCurrent) => {
      const sent = await this.probe.attempt(source, operation, context);
      if (isCurrent()) await this.revalidation.record(source, operation, sent);
      return sent;
    });
    return (didNotRespond(attempt) ? await this.similar(operation, scope) : undefined) ?? attempt;
  }

  /** The reply according to stored replies to other requests, for clients while the source does not respond. */
  private async similar(operation: AnyOperation, scope: SourceScope): Promise<Attempt | undefined> {
    const { source } = scope;
    for (const { operation: other, revision, commit } of similarRequests(operation)) {
      const answer = await this.kept.get(slotOf(source, other));
      if (!answer?.replies || this.stateOf(source, answer) === 'expired') continue;
      const expected = commit ?? (await this.kept.get(revisionSlot(source, other, revision)))?.commit ?? answer.commit;
      if (expected === answer.commit)
        return this.served(operation, answer, { scope, freshness: 'stale', checkedAt: answer.checkedAt });
    }
    const absence = await this.absences.find(source, operation, (answer) => this.stateOf(source, answer) !== 'expired');
    return absence && this.served(operation, absence, { scope, freshness: 'stale', checkedAt: absence.checkedAt });
  }

  private served(
    operation: AnyOperation,
    { replies }: KeptAnswer,
    { scope: { source }, freshness, checkedAt }: { scope: SourceScope; freshness: Freshness; checkedAt: number },
  ): Attempt {
    this.metrics.count(source.name, freshness);
    const [first, ...others] = replies as Replies;
    const main = { ...first, age: Math.max(0, Math.floor((this.kept.now - checkedAt) / 1000)), freshness };
    return isOnRepo(operation) || main.status >= 400
      ? this.probe.cachedAttempt(source, operation, main)
      : this.probe.repeatedAttempt(source, operation, [main, ...others]);
  }
}

/** How a reply in this state is marked, if it is served at once. */
const FRESHNESS: Readonly<Record<FreshnessState, Freshness>> = {
  fresh: 'fresh',
  check: 'revalidated',
  failing: 'stale',
  wait: 'stale',
  expired: 'stale',
};
