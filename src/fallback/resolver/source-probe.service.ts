import { Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import { classifyReply } from '../../domain/classify-reply.js';
import { commitHeaderProblem, contentProblemSteps, lengthProblem } from '../../domain/content-problem.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { Spans } from '../../platform/observability/spans.service.js';
import { decodeSteps } from '../strategies/decode-steps.js';
import {
  decodeReplies,
  planRequests,
  type Outcomes,
  type Replies,
  type RequestPlan,
  type SourceStrategy,
} from '../strategies/source-strategy.js';
import { strategyFor } from '../strategies/strategies.js';
import { withDecodedLength } from '../upstream/decoded-length.js';
import type { SendContext } from '../upstream/send-context.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import { withErrorRule, withTokenState } from './definitive-answer.js';
import { attemptSpan } from './attempt-span.js';
import { mustFetchTarget, mustSendGet } from './further-requests.js';
import { ProbeAttempt, type ProbeResult } from './probe-attempt.js';
import { subjectOf } from './request-subject.js';

/** Sends one operation to one source, using its strategy: plan, send, classify, decode. */
@Injectable()
export class SourceProbe {
  constructor(
    private readonly upstream: UpstreamClient,
    private readonly spans: Spans,
  ) {}

  attempt(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    return this.spans.withSpan(attemptSpan(source, operation), () => this.send(source, operation, context));
  }

  /** An attempt made from a cached reply, which is in the hub's own format. */
  cachedAttempt(source: Source, operation: AnyOperation, reply: Reply): Attempt {
    const [request] = planRequests(strategyFor(source.type), operation);
    return new ProbeAttempt(source, request, { outcome: reply, ms: 0 }, classifyReply(operation, reply));
  }

  /** An attempt made from the replies to an earlier one. */
  repeatedAttempt(source: Source, operation: AnyOperation, replies: Replies): Attempt {
    const strategy = strategyFor(source.type);
    const [request] = planRequests(strategy, operation);
    const { json, headers = replies[0].headers } = decodeReplies(strategy, operation, replies);
    const result = { outcome: { ...replies[0], json, headers }, ms: 0, raw: { strategy, replies } };
    return new ProbeAttempt(source, request, result, strategy.classify(operation, replies));
  }

  private async send(source: Source, operation: AnyOperation, context: SendContext): Promise<Attempt> {
    const strategy = strategyFor(source.type);
    const plan = planRequests(strategy, operation);
    const started = performance.now();
    const outcomes = await this.outcomesOf(source, withCondition(plan, context), {
      ...context,
      subject: subjectOf(operation),
    });
    const ms = Math.round(performance.now() - started);
    const classification = withErrorRule(withTokenState(strategy.classify(operation, outcomes), outcomes), source);
    const [request] = plan;
    const [outcome] = outcomes;
    if (classification.verdict === 'serve' && areReplies(outcomes)) {
      const tooLong = lengthProblem(operation, outcomes[0].json);
      const reply = tooLong === undefined ? await decoded(strategy, operation, outcomes) : outcomes[0];
      const problem = tooLong ?? (await runInSteps(contentProblemSteps(operation, reply)));
      if (problem !== undefined) return refused(source, request, { outcome, ms }, problem);
      const result = { outcome: reply, ms, raw: { strategy, replies: outcomes } };
      return new ProbeAttempt(source, request, result, classification);
    }
    const problem = classification.verdict === 'propagate' ? commitProblem(outcome) : undefined;
    if (problem !== undefined) return refused(source, request, { outcome, ms }, problem);
    if (plan.length > 1 && outcome.kind === 'reply') outcome.stream?.destroy(); // the body is not needed
    return new ProbeAttempt(source, request, { outcome, ms }, classification);
  }

  private async outcomesOf(source: Source, [main, ...more]: RequestPlan, context: SendContext): Promise<Outcomes> {
    const otherOutcomes = more.map((request) => this.upstream.send(source, request, context));
    const outcome = await this.mainOutcome(source, main, context);
    return [outcome, ...(await Promise.all(otherOutcomes))];
  }

  private async mainOutcome(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    const outcome = await this.upstream.send(source, request, context);
    const answer =
      request.method === 'HEAD' && mustSendGet(outcome) ? await this.getHeaders(source, request, context) : outcome;
    return answer.kind === 'reply' && mustFetchTarget(source, request, answer)
      ? this.fetchTarget(source, answer, request, context)
      : answer;
  }

  /** Sends GET instead of HEAD and only uses the headers. The length of a compressed file is that of its decoded body. */
  private async getHeaders(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    const outcome = await this.upstream.send(source, { ...request, method: 'GET' }, context);
    if (outcome.kind === 'failure' || !outcome.stream) return outcome;
    const { stream, ...reply } = outcome;
    if (reply.isCoded) return withDecodedLength(reply, stream, context.deadlineAt);
    stream.destroy();
    return reply;
  }

  /** Fetches the target of a source's redirect. Commit, ETag and size are taken from the source's own reply. */
  private async fetchTarget(
    source: Source,
    redirect: Reply,
    request: UpstreamRequest,
    context: SendContext,
  ): Promise<Outcome> {
    const named = { ...request, size: redirect.headers['x-linked-size'] };
    const target = await this.upstream.fetchNamed(source, redirect.location!, named, context);
    if (target.kind === 'failure') return target;
    const { status } = target;
    if (status >= 300 && status !== 304 && status !== 416)
      return {
        kind: 'failure',
        category: 'invalid',
        status,
        message: `Its file storage responded with HTTP ${status}`,
      };
    const { etag: _storageEtag, ...headers } = target.headers;
    const { 'content-length': _length, 'content-type': _type, ...description } = redirect.headers;
    return { ...target, headers: { ...headers, ...description } };
  }
}

/** Asks for the reply only if it has changed. */
function withCondition([main, ...more]: RequestPlan, { ifNoneMatch: etag }: SendContext): RequestPlan {
  if (etag === undefined) return [main, ...more];
  return [{ ...main, conditions: { ...main.conditions, 'if-none-match': etag } }, ...more];
}

const areReplies = (outcomes: Outcomes): outcomes is Replies => outcomes.every(({ kind }) => kind === 'reply');
/** The reply to the first request, with JSON and headers in the hub's own format. */
async function decoded(strategy: SourceStrategy, operation: AnyOperation, replies: Replies): Promise<Reply> {
  const [reply] = replies;
  const { json, headers = reply.headers } = await runInSteps(decodeSteps(strategy, operation, replies));
  return { ...reply, json, headers };
}

/** Clients name folders after the commit of a missing file. */
const commitProblem = (outcome: Outcome): string | undefined =>
  outcome.kind === 'reply' ? commitHeaderProblem(outcome.headers) : undefined;

/** A reply that clients must not receive: it is treated like one that is not that of a hub. */
function refused(source: Source, request: UpstreamRequest, result: ProbeResult, problem: string): Attempt {
  const { outcome } = result;
  if (outcome.kind === 'reply') outcome.stream?.destroy();
  return new ProbeAttempt(source, request, result, { verdict: 'next', category: 'other', repoDenied: false, problem });
}
