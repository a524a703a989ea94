import type { Classification } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/hub-operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { SourceType } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';

/** A question that changes nothing and costs the source little, for the connection test. */
export interface HarmlessQuestion {
  /** Decoded segments under the source's URL. */
  readonly segments: readonly string[];
  readonly query: readonly (readonly [string, string])[];
}

/** The dialect of a kind of source. It speaks and never calls (law 1): no network, no clock, no state. */
export interface SourceStrategy {
  readonly type: SourceType;

  /** How the source is asked. */
  plan(operation: AnyOperation): UpstreamRequest;

  /** What an outcome means for the chain. */
  classify(operation: AnyOperation, outcome: Outcome): Classification;

  /** The JSON of a reply that serves, in our shape and without Xet hints. */
  decode(operation: AnyOperation, reply: Reply): unknown;

  /** Decoded segments under the source's URL at which git clones a repository. */
  gitHome(repo: RepoId): readonly string[];

  /** What tells that a name is an organization's: any of these that is answered. They are asked together. */
  readonly organizationIsTold: readonly ('members' | 'profile')[];

  /** Does one answer hold an account's repositories of every type, or only those of the asked one? */
  readonly userRepos: 'together' | 'by-type';

  /** What the connection test asks: something public, and something that tells whether a token is good. */
  readonly harmlessQuestions: { readonly reach: HarmlessQuestion; readonly token: HarmlessQuestion };
}
