/** Where a commit stands: on which line of history, and how many commits there are up to it. */
export interface HistoryPosition {
  readonly line: string;
  readonly generation: number;
}

/** A line of history, up to a generation: what a commit has for ancestors is a few of these. */
export interface HistorySpan {
  readonly line: string;
  readonly upTo: number;
}

/** The commits that a client has: some, and all behind them, unless it was cloned shallow; then its history ends where it says. */
export class ClientHistory {
  private readonly pieces = new Map<string, { readonly from: number; readonly upTo: number }[]>();

  /** @param ends commits whose parents the client does not have */
  constructor(private readonly ends: readonly HistoryPosition[]) {}

  /** @param ancestry of a commit that it has, with the commit itself */
  add(ancestry: readonly HistorySpan[]): void {
    const from = Math.max(0, ...this.ends.filter((end) => holds(ancestry, end)).map(({ generation }) => generation));
    for (const { line, upTo } of ancestry) this.pieces.set(line, [...(this.pieces.get(line) ?? []), { from, upTo }]);
  }

  has({ line, generation }: HistoryPosition): boolean {
    return this.pieces.get(line)?.some(({ from, upTo }) => generation >= from && generation <= upTo) ?? false;
  }
}

const holds = (ancestry: readonly HistorySpan[], { line, generation }: HistoryPosition): boolean =>
  ancestry.some((span) => span.line === line && generation <= span.upTo);
