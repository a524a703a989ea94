/** Rows of one statement. Longer ones take too long to encode at a stretch, and delay other queries of the embedded database. */
const MAX_ROWS = 2000;
/** The limit for all values of one statement. */
const MAX_BYTES = 1024 * 1024;

/**
 * Divides rows into batches for one statement each.
 *
 * @param sizeOf - bytes of a row, if rows can be large
 */
export function* rowBatches<T>(rows: Iterable<T>, sizeOf: (row: T) => number = () => 0): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length < MAX_ROWS && bytes < MAX_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
