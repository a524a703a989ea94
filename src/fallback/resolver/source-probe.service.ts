import { Injectable } from '@nestjs/common';
import type { Attempt, Classification } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/hub-operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import { Spans } from '../../platform/observability/spans.service.js';
import { UpstreamClient, type AskContext } from '../upstream/upstream-client.js';
import { strategyFor } from '../strategies/strategies.js';
import { attemptSpan } from './attempt-span.js';

/** Asks one source one question in its dialect: plan, ask, classify. */
@Injectable()
export class SourceProbe {
  constructor(
    private readonly upstream: UpstreamClient,
    private readonly spans: Spans,
  ) {}

  attempt(source: Source, operation: AnyOperation, context: AskContext): Promise<Attempt> {
    return this.spans.inside(attemptSpan(source, operation), () => this.put(source, operation, context));
  }

  /** The absolute URL at which a source answers an operation. */
  urlOf(source: Source, operation: AnyOperation): string {
    return this.upstream.urlOf(source, strategyFor(source.type).plan(operation)).href;
  }

  /** An attempt made of what the source has said before. */
  attemptOf(source: Source, operation: AnyOperation, reply: Reply): Attempt {
    const strategy = strategyFor(source.type);
    return new ProbeAttempt(source, strategy.plan(operation), reply, strategy.classify(operation, reply), 0);
  }

  /** The absolute URL at which git clones a repository from a source. */
  gitUrlOf(source: Source, repo: RepoId): string {
    return this.upstream.urlOf(source, { segments: strategyFor(source.type).gitHome(repo), query: [] }).href;
  }

  private async put(source: Source, operation: AnyOperation, context: AskContext): Promise<Attempt> {
    const strategy = strategyFor(source.type);
    const request = strategy.plan(operation);
    const started = performance.now();
    let outcome = await this.upstream.ask(source, request, context);
    if (request.method === 'HEAD' && rejectsHead(outcome)) outcome = await this.describeByGet(source, request, context);
    if (outcome.kind === 'reply' && isLeftToUs(source, request, outcome))
      outcome = await this.fetchFromStore(outcome, request, context);
    const ms = Math.round(performance.now() - started);
    return new ProbeAttempt(source, request, outcome, strategy.classify(operation, outcome), ms);
  }

  /** For a source that knows no HEAD: of a GET only the headers are wanted. */
  private async describeByGet(source: Source, request: UpstreamRequest, context: AskContext): Promise<Outcome> {
    const outcome = await this.upstream.ask(source, { ...request, method: 'GET' }, context);
    if (outcome.kind === 'reply') outcome.stream?.destroy();
    return outcome;
  }

  /** The bytes behind a source's redirect; commit, ETag and size remain those that the source itself named. */
  private async fetchFromStore(described: Reply, request: UpstreamRequest, context: AskContext): Promise<Outcome> {
    const stored = await this.upstream.fetchNamed(described.location!, request, context);
    if (stored.kind === 'failure') return stored;
    if (stored.status >= 300 && stored.status !== 304 && stored.status !== 416)
      return {
        kind: 'failure',
        category: 'invalid',
        status: stored.status,
        message: `the store behind it answered ${stored.status}`,
      };
    const { etag: _stores, ...headers } = stored.headers;
    const { 'content-length': _redirects, 'content-type': _ofRedirect, ...description } = described.headers;
    return { ...stored, headers: { ...headers, ...description } };
  }
}

/** An attempt whose path is written out only for who looks at it: a trace, a rehearsal. */
class ProbeAttempt implements Attempt {
  readonly verdict: Attempt['verdict'];
  readonly category: Attempt['category'];
  readonly errorCode: Attempt['errorCode'];
  readonly repoDenied: boolean;

  constructor(
    readonly source: Source,
    private readonly request: UpstreamRequest,
    readonly outcome: Outcome,
    read: Classification,
    readonly ms: number,
  ) {
    this.verdict = read.verdict;
    this.category = read.category;
    this.errorCode = read.errorCode;
    this.repoDenied = read.repoDenied;
  }

  get method(): string {
    return this.request.method;
  }

  get path(): string {
    return `${encodePath(this.request.segments)}${encodeQuery(this.request.query)}`;
  }
}

const rejectsHead = (outcome: Outcome): boolean => outcome.status === 405 || outcome.status === 501;

/** Clients that cannot reach the store get its bytes through us. */
const isLeftToUs = (source: Source, request: UpstreamRequest, { status, location }: Reply): boolean =>
  source.delivery === 'proxy' &&
  request.method === 'GET' &&
  request.expects === 'stream' &&
  status >= 300 &&
  status < 400 &&
  location !== undefined;
