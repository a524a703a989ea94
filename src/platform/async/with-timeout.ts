/** A promise did not settle in time. */
export class TimeoutError extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = 'TimeoutError';
  }
}

/** A timer that fires later than this fraction of its delay means that the event loop of this process was blocked. */
const BLOCKED_FRACTION = 1 / 4;

/**
 * Settles as `promise` does, unless that takes longer than `ms`. Time in which this process was too busy to send the request or to read the
 * response does not count: if the timer fires late, the promise gets the full time again, once. A result that arrives in the same event
 * loop iteration as the timeout still counts, because timers run before sockets are read.
 * @throws TimeoutError
 */
export function withTimeout<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => void setImmediate(() => reject(new TimeoutError(ms)));
    const startedAt = performance.now();
    let timer = setTimeout(() => {
      const delayMs = performance.now() - startedAt - ms;
      if (delayMs > ms * BLOCKED_FRACTION) timer = setTimeout(giveUp, ms);
      else giveUp();
    }, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
