/** A kind of news, named alike on every replica; `T` is what is told, as JSON. */
export class Topic<T> {
  declare readonly news: T;

  constructor(readonly name: string) {}
}

/** What is done about news. */
export type Apply<T> = (news: T) => void | Promise<void>;

/**
 * The replicas of one hub, as one of them sees them. What a replica remembers it forgets when it is told to; and when news may have
 * been missed it forgets everything.
 */
export interface Fleet {
  /** Whether all that was told anywhere is known here. */
  readonly inTouch: boolean;
  /** Another number whenever touch was lost or found: what was remembered before may be out of date. */
  readonly period: number;

  /** For how many of these milliseconds something may be believed that others may have changed: a few seconds while out of touch. */
  credible(ms: number): number;

  /** Does this when another replica tells of it. */
  on<T>(topic: Topic<T>, apply: Apply<T>): void;

  /** Does this before touch is found again, since anything may have been told meanwhile. */
  onGap(catchUp: () => void | Promise<void>): void;

  /**
   * Tells the other replicas, after it has been done here. When it returns, every replica that answers from memory has done it too; one
   * that is out of touch has not, and believes nothing for long.
   */
  tell<T>(topic: Topic<T>, news: T): Promise<void>;
}

/** Injection token of the fleet. */
export const FLEET = Symbol('Fleet');
