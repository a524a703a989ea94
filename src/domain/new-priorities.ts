const HIGHEST = 10_000;

/** A source in the order that is wished for. */
export interface PlacedSource {
  readonly id: number | string;
  /** The priority that it has and keeps: a source of the environment. */
  readonly fixed?: number;
}

/** The new priority of each source that can have one; or the source before which there is no room. */
export interface NewPriorities {
  readonly priorities?: ReadonlyMap<number | string, number>;
  /** Absent with `priorities`; and without them: there is no room at the end. */
  readonly noRoomBefore?: number | string;
}

/**
 * Priorities that put sources in an order: 1, 2, 3, … from the start and from each source on that keeps its own. At the same priority
 * that one is asked first (`bySourceOrder`), so who comes after it may share its number and who comes before it may not.
 */
export function newPriorities(order: readonly PlacedSource[]): NewPriorities {
  const priorities = new Map<number | string, number>();
  let next = 1;
  for (const { id, fixed } of order) {
    if (fixed === undefined) priorities.set(id, next++);
    else if (fixed < next) return { noRoomBefore: id };
    else next = fixed;
  }
  return next > HIGHEST + 1 ? {} : { priorities };
}
