import type { Classification } from '../../domain/attempt.js';
import type { AnyOperation, AnyOperationKind, Operations, ReplyJson } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Outcome, Reply, ReplyHeaders, UpstreamRequest } from '../../domain/upstream.js';

/** The requests that answer an operation. The first one is the answer; others complete it, and are sent at the same time. */
export type RequestPlan = readonly [UpstreamRequest, ...UpstreamRequest[]];

/** One outcome per request of the plan. */
export type Outcomes = readonly [Outcome, ...Outcome[]];
export type Replies = readonly [Reply, ...Reply[]];

/** A reply in the hub's own format. */
export interface DecodedReply<Json> {
  readonly json: Json;
  /** Headers as huggingface.co names them (`x-repo-commit`, `etag`, `link`, …). Omitted when the reply has them like that already. */
  readonly headers?: ReplyHeaders;
}

/** How each operation is requested. */
export type Planners = { readonly [Kind in AnyOperationKind]: (operation: Operations[Kind]) => RequestPlan };

/** How a reply that serves is read, for each operation. */
export type Decoders = {
  readonly [Kind in AnyOperationKind]: (operation: Operations[Kind], replies: Replies) => DecodedReply<ReplyJson[Kind]>;
};

/** A request that changes nothing and costs the source little, for the connection test. */
export type TestRequest = Pick<UpstreamRequest, 'segments' | 'query'>;

/**
 * The API dialect of one kind of source. A strategy describes requests and reads replies; it never sends anything (invariant 1): no
 * network, no clock, no state.
 */
export interface SourceStrategy {
  /** Value of `source_type` in settings and in the API: lower-case letters, digits and hyphens. */
  readonly type: string;
  /** Name of this kind of source in forms. */
  readonly label: string;
  /** Help text for the base URL in forms, without a full stop at the end. */
  readonly urlHint: string;

  readonly planners: Planners;

  /** The meaning of the outcomes of a plan for the chain. */
  classify(operation: AnyOperation, outcomes: Outcomes): Classification;

  /** Called for replies that `classify` found to serve. Xet hints are removed. */
  readonly decoders: Decoders;

  /** Decoded path segments, under the source's URL, from which git clones a repository. */
  gitPath(repo: RepoId): readonly string[];

  /** The requests that can show that a name is an organization's; all are sent, and one good reply is enough. */
  readonly organizationLookup: readonly ('members' | 'profile')[];

  /** Whether one reply has an account's repositories of all types, or of the requested type only. */
  readonly userReposReply: 'all-types' | 'one-type';

  /** The requests of the connection test: a public one, and one that shows whether the token is accepted. */
  readonly connectionTest: { readonly reach: TestRequest; readonly token: TestRequest };
}

/** The requests for an operation, in a source's dialect. */
export const planRequests = <Kind extends AnyOperationKind>(
  { planners }: SourceStrategy,
  operation: Operations[Kind],
): RequestPlan => planners[operation.kind as Kind](operation);

/** Reads the replies to an operation, in a source's dialect. */
export const decodeReplies = <Kind extends AnyOperationKind>(
  { decoders }: SourceStrategy,
  operation: Operations[Kind],
  replies: Replies,
): DecodedReply<ReplyJson[Kind]> => decoders[operation.kind as Kind](operation, replies);
