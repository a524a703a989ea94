import type { ListQuestion } from './list.js';
import type { Operation, QueryPairs } from './operation.js';

/** A page of a list. */
export interface ListOperation {
  readonly kind: 'list';
  readonly question: ListQuestion;
  /** The source's own parameters of this page, from its `Link`; empty for the first. */
  readonly page: QueryPairs;
}

/**
 * A question to a hub as a whole, not about one repository: every source that applies is asked, and nothing is bound. A further one
 * (an account's profile, say) is a member of this union, a case in each strategy's `plan` and `decode`, and its shape in `classifyReply`.
 */
export type HubOperation = ListOperation;

/** Whatever a source can be asked. */
export type AnyOperation = Operation | HubOperation;
