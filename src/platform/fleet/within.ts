/** What was waited for has not come in time. */
export class TooLate extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = 'TooLate';
  }
}

/**
 * The promise's value if it comes in time. A process that was busy itself runs its timers before it reads its sockets: what has arrived
 * meanwhile still counts.
 * @throws TooLate
 */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new TooLate(ms))), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
