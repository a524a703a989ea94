import { mapConcurrently } from './map-concurrently.js';

/**
 * Does something with each item, several at a time. When this returns, nothing is in progress, also after an error; no further item is begun after
 * one.
 *
 * @throws the first error
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  concurrency: number,
  job: (item: T) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  await mapConcurrently(items, concurrency, async (item) => {
    if (failure) return;
    try {
      await job(item);
    } catch (error) {
      failure ??= { error };
    }
  });
  if (failure) throw failure.error;
}
