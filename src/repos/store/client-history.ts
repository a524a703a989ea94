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

/** The commits that a git client has: some commits and all their ancestors, up to the boundary of a shallow clone. */
export class ClientHistory {
  private readonly ranges = new Map<string, { readonly from: number; readonly upTo: number }[]>();

  /** @param ends - boundary commits of a shallow clone, whose parents the client does not have */
  constructor(private readonly ends: readonly HistoryPosition[]) {}

  /** @param ancestry - spans of a commit that the client has, including the commit itself */
  add(ancestry: readonly HistorySpan[]): void {
    const from = Math.max(
      0,
      ...this.ends.filter((end) => includesPosition(ancestry, end)).map(({ generation }) => generation),
    );
    for (const { line, upTo } of ancestry) this.ranges.set(line, [...(this.ranges.get(line) ?? []), { from, upTo }]);
  }

  has({ line, generation }: HistoryPosition): boolean {
    return this.ranges.get(line)?.some(({ from, upTo }) => generation >= from && generation <= upTo) ?? false;
  }
}

/** Whether a history contains a commit. */
export const includesPosition = (ancestry: readonly HistorySpan[], { line, generation }: HistoryPosition): boolean =>
  ancestry.some((span) => span.line === line && generation <= span.upTo);

/** The generation of the newest commit that two histories have in common; 0 without a common commit. */
export const commonGeneration = (left: readonly HistorySpan[], right: readonly HistorySpan[]): number =>
  Math.max(
    0,
    ...left.flatMap((span) =>
      right.filter(({ line }) => line === span.line).map(({ upTo }) => Math.min(upTo, span.upTo)),
    ),
  );
