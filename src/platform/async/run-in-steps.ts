import { EventLoopTurns } from './event-loop-turns.js';

/** Runs a long calculation, whose generator yields after each step, so that it does not block other requests. */
export async function runInSteps<T>(steps: Generator<void, T>): Promise<T> {
  const turns = new EventLoopTurns();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await turns.next();
  }
}
