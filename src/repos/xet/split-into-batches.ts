/** Rows per SQL statement. */
const BATCH_SIZE = 2_000;

/** Splits items into batches that are small enough for one SQL statement. */
export function* splitIntoBatches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    if (batch.push(item) < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
