import { setImmediate as nextTick } from 'node:timers/promises';

/** How long the event loop is occupied before other work is done. */
const MAX_BUSY_MS = 10;

/** Runs a long calculation, whose generator yields after each step, so that it does not block other requests. */
export async function runInSteps<T>(steps: Generator<void, T>): Promise<T> {
  let startedAt = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - startedAt < MAX_BUSY_MS) continue;
    await nextTick();
    startedAt = performance.now();
  }
}
