import type { Attempt } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { AnswerSlot, KeptAnswer } from '../cache/kept-answers.service.js';
import type { SendContext } from '../upstream/send-context.js';

/** The source of a request, and its context. */
export interface SourceScope {
  readonly source: Source;
  readonly context: SendContext;
  /** Whether it is not known which source has the repository. */
  readonly isSearch: boolean;
}

/** A kept reply that may be outdated. */
export interface Timed {
  /** Has the times at which the source was requested. */
  readonly slot: AnswerSlot;
  /** The request that checks it. */
  readonly check: AnyOperation;
  /** The reply, if it belongs to this state of the slot. */
  content(current: KeptAnswer): Promise<KeptAnswer | undefined>;
  /** Requests the source. `current` is the state of the slot, if there is any. */
  request(current?: KeptAnswer): Promise<Attempt>;
}
