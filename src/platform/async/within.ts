/** What was waited for has not come in time. */
export class TooLate extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = 'TooLate';
  }
}

/** A timer that is so much too late, in parts of its time, tells of a process that was busy itself. */
const LATE = 1 / 4;

/**
 * The promise's value if it comes in time. The time in which this process was too busy to ask, or to hear the answer, does not count: then
 * it is given the same time again, once. What arrives together with the end of the time is in time: timers run before sockets are read.
 * @throws TooLate
 */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => void setImmediate(() => reject(new TooLate(ms)));
    const begun = performance.now();
    let timer = setTimeout(() => {
      const late = performance.now() - begun - ms;
      if (late > ms * LATE) timer = setTimeout(giveUp, ms);
      else giveUp();
    }, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
