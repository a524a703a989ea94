/** Items that are sorted or merged in one step. */
const STEP_LENGTH = 2_000;

/** Sorts items in steps, between which other work can be done. The order of equal items is preserved. */
export function* sortSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += STEP_LENGTH) {
    runs.push(items.slice(at, at + STEP_LENGTH).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let n = 0; n < runs.length; n += 2) merged.push(yield* mergeSteps(runs[n]!, runs[n + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeSteps<T>(first: readonly T[], second: readonly T[], compare: (a: T, b: T) => number) {
  const merged: T[] = [];
  for (let [a, b] = [0, 0]; merged.length < first.length + second.length;) {
    const takesFirst = b === second.length || (a < first.length && compare(first[a]!, second[b]!) <= 0);
    merged.push(takesFirst ? first[a++]! : second[b++]!);
    if (merged.length % STEP_LENGTH === 0) yield;
  }
  return merged;
}
