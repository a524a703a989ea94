import type { Attempt, Classification } from '../../domain/attempt.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import type { AnyOperationKind, Operations, ReplyJson } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { decodeReplies, type Replies, type SourceStrategy } from '../strategies/source-strategy.js';

/** The replies of an attempt that serves, as the source sent them. */
interface RawReplies {
  readonly strategy: SourceStrategy;
  readonly replies: Replies;
}

export interface ProbeResult {
  readonly outcome: Outcome;
  readonly ms: number;
  readonly raw?: RawReplies;
}

/** An attempt whose path is built only when it is read, by a trace or a dry run. */
export class ProbeAttempt implements Attempt {
  readonly outcome: Outcome;
  readonly ms: number;
  private readonly raw: RawReplies | undefined;
  readonly verdict: Attempt['verdict'];
  readonly category: Attempt['category'];
  readonly errorCode: Attempt['errorCode'];
  readonly repoDenied: boolean;
  readonly problem: string | undefined;

  constructor(
    readonly source: Source,
    private readonly request: UpstreamRequest,
    { outcome, ms, raw }: ProbeResult,
    classification: Classification,
  ) {
    this.outcome = outcome;
    this.ms = ms;
    this.raw = raw;
    this.verdict = classification.verdict;
    this.category = classification.category;
    this.errorCode = classification.errorCode;
    this.repoDenied = classification.repoDenied;
    this.problem = classification.problem;
  }

  get method(): string {
    return this.request.method;
  }

  get path(): string {
    return `${encodePath(this.request.segments)}${encodeQuery(this.request.query)}`;
  }

  get replies(): readonly Reply[] | undefined {
    return this.raw?.replies;
  }

  readAs<Kind extends AnyOperationKind>(operation: Operations[Kind]): ReplyJson[Kind] | undefined {
    return this.raw && decodeReplies(this.raw.strategy, operation, this.raw.replies).json;
  }
}
