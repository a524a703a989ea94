/** Position of a commit in the history: its line and its generation (see `CommitEntity`). */
export interface HistoryPosition {
  readonly line: string;
  readonly generation: number;
}

/** A line of history up to a generation. The ancestors of a commit are a small number of spans. */
export interface HistorySpan {
  readonly line: string;
  readonly upTo: number;
}

/** Positions in the history, to find the newest one within a history without comparing each. */
export class PositionIndex {
  private readonly generations = new Map<string, number[]>();

  constructor(positions: readonly HistoryPosition[]) {
    for (const { line, generation } of positions) {
      const known = this.generations.get(line);
      if (known) known.push(generation);
      else this.generations.set(line, [generation]);
    }
    for (const list of this.generations.values()) list.sort((left, right) => left - right);
  }

  /** The generation of the newest position that the history contains; 0 without one. */
  newestIn(ancestry: readonly HistorySpan[]): number {
    let newest = 0;
    for (const { line, upTo } of ancestry) {
      const list = this.generations.get(line) ?? [];
      newest = Math.max(newest, list[firstIndex(list, (generation) => generation > upTo) - 1] ?? 0);
    }
    return newest;
  }
}

/** Generations of a line, including both ends. */
interface Range {
  readonly from: number;
  readonly upTo: number;
}

/** The commits that a git client has: some commits and all their ancestors, up to the boundary of a shallow clone. */
export class ClientHistory {
  /** Separate ranges in ascending order, by line. */
  private readonly ranges = new Map<string, Range[]>();
  private readonly ends: PositionIndex;

  /** @param ends - boundary commits of a shallow clone, whose parents the client does not have */
  constructor(ends: readonly HistoryPosition[]) {
    this.ends = new PositionIndex(ends);
  }

  /** @param ancestry - spans of a commit that the client has, including the commit itself */
  add(ancestry: readonly HistorySpan[]): void {
    const from = this.ends.newestIn(ancestry);
    for (const { line, upTo } of ancestry) if (upTo >= from) this.addRange(line, { from, upTo });
  }

  has({ line, generation }: HistoryPosition): boolean {
    const ranges = this.ranges.get(line) ?? [];
    const range = ranges[firstIndex(ranges, ({ upTo }) => upTo >= generation)];
    return range !== undefined && range.from <= generation;
  }

  /** Replaces the ranges that overlap with the new one. */
  private addRange(line: string, { from, upTo }: Range): void {
    const ranges = this.ranges.get(line) ?? [];
    const first = firstIndex(ranges, (range) => range.upTo >= from);
    const end = firstIndex(ranges, (range) => range.from > upTo);
    const overlapping = ranges.slice(first, end);
    const joined = {
      from: Math.min(from, overlapping[0]?.from ?? from),
      upTo: Math.max(upTo, overlapping.at(-1)?.upTo ?? upTo),
    };
    ranges.splice(first, end - first, joined);
    this.ranges.set(line, ranges);
  }
}

/** The index of the first item with the property, which all later ones have as well; the length if no item has it. */
function firstIndex<T>(list: readonly T[], has: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (has(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The generation of the newest commit that two histories have in common; 0 without a common commit. */
export function commonGeneration(left: readonly HistorySpan[], right: readonly HistorySpan[]): number {
  const upToByLine = new Map(right.map(({ line, upTo }) => [line, upTo]));
  return left.reduce((newest, { line, upTo }) => Math.max(newest, Math.min(upTo, upToByLine.get(line) ?? 0)), 0);
}
