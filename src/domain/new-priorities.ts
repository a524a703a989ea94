const MAX_PRIORITY = 10_000;

/** A source in the requested order. */
export interface OrderedSource {
  readonly id: number | string;
  /** The priority if it cannot be changed: that of a source set by an environment variable. */
  readonly fixed?: number;
}

/** The new priorities, or the source that makes the order impossible. */
export interface NewPriorities {
  readonly priorities?: ReadonlyMap<number | string, number>;
  /** The source with a fixed priority before which too many sources are placed. Without `priorities`, `undefined` means the end of the list. */
  readonly blockedBy?: number | string;
}

/**
 * Calculates priorities for an order of sources: 1, 2, 3, …, continuing from each source with a fixed priority. Of two sources with the same
 * priority, the one with the fixed priority is tried first (`bySourceOrder`), so only sources after it may have its number.
 */
export function newPriorities(order: readonly OrderedSource[]): NewPriorities {
  const priorities = new Map<number | string, number>();
  let next = 1;
  for (const { id, fixed } of order) {
    if (fixed === undefined) priorities.set(id, next++);
    else if (fixed < next) return { blockedBy: id };
    else next = fixed;
  }
  return next > MAX_PRIORITY + 1 ? {} : { priorities };
}
