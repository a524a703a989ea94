/** Runs a job for each item, at most so many at a time; the results stand in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atMost: number,
  job: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [n, item] of left) results[n] = await job(item);
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, worker));
  return results;
}
