import type { Classification } from '../../domain/attempt.js';
import type { AnyOperation, AnyOperationKind, Operations, ReplyJson } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Outcome, Reply, ReplyHeaders, UpstreamRequest } from '../../domain/upstream.js';

/** The requests for an operation. The first one returns the reply; any others complete it, and are sent at the same time. */
export type RequestPlan = readonly [UpstreamRequest, ...UpstreamRequest[]];

/** One outcome per request of the plan. */
export type Outcomes = readonly [Outcome, ...Outcome[]];
export type Replies = readonly [Reply, ...Reply[]];

/** A reply in the hub's own format. */
export interface DecodedReply<Json> {
  readonly json: Json;
  /**
   * Headers as huggingface.co names them (`x-repo-commit`, `etag`, `link`, …). Omitted if the headers of the reply have this form already.
   */
  readonly headers?: ReplyHeaders;
}

/** How each operation is requested. */
export type Planners = { readonly [Kind in AnyOperationKind]: (operation: Operations[Kind]) => RequestPlan };

/** How a served reply is decoded, for each operation. */
export type Decoders = {
  readonly [Kind in AnyOperationKind]: (operation: Operations[Kind], replies: Replies) => DecodedReply<ReplyJson[Kind]>;
};

/** A request that changes nothing and costs the source little, for the connection test. */
export type TestRequest = Pick<UpstreamRequest, 'segments' | 'query'>;

/**
 * The API of one kind of source. A strategy describes requests and decodes replies. It never sends anything and uses no network, clock or
 * state (invariant 1).
 */
export interface SourceStrategy {
  /** Value of `source_type` in settings and in the API: lower-case letters, digits and hyphens. */
  readonly type: string;
  /** Name of this kind of source in forms. */
  readonly label: string;
  /** Help text for the base URL in forms, without a period at the end. */
  readonly urlHint: string;

  readonly planners: Planners;

  /** The meaning of the outcomes of a plan for the chain. */
  classify(operation: AnyOperation, outcomes: Outcomes): Classification;

  /** Called for replies that `classify` gave the verdict `serve`. Replies keep valid Xet hints, which the hub removes unless it offers the file over Xet. */
  readonly decoders: Decoders;

  /** The request for a token with which files of a revision can be read from the Xet storage of the source; missing if such sources have none. */
  xetToken?(repo: RepoId, revision: string): UpstreamRequest;

  /** Decoded path segments, under the source's URL, from which git clones a repository. */
  gitPath(repo: RepoId): readonly string[];

  /** The requests that can show that a name is an organization. All are sent; one successful reply is enough. */
  readonly organizationLookup: readonly ('members' | 'profile')[];

  /** Whether one reply has an account's repositories of all types, or of the requested type only. */
  readonly userReposReply: 'all-types' | 'one-type';

  /**
   * The name of the rate limit (`RateLimit` header) that a request counts towards; `undefined` if the hub has the same for all requests.
   */
  rateLimitBucket(request: Pick<UpstreamRequest, 'segments'>): string | undefined;

  /** The requests of the connection test: a public one, and one that shows whether the token is accepted. */
  readonly connectionTest: { readonly reach: TestRequest; readonly token: TestRequest };
}

/** Plans the requests for an operation. */
export const planRequests = <Kind extends AnyOperationKind>(
  { planners }: SourceStrategy,
  operation: Operations[Kind],
): RequestPlan => planners[operation.kind as Kind](operation);

/** Decodes the replies to an operation. */
export const decodeReplies = <Kind extends AnyOperationKind>(
  { decoders }: SourceStrategy,
  operation: Operations[Kind],
  replies: Replies,
): DecodedReply<ReplyJson[Kind]> => decoders[operation.kind as Kind](operation, replies);
