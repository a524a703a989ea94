interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

/**
 * Shares one result between concurrent calls with the same key. The work is aborted when the last caller has aborted; until then it
 * continues.
 */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Flight<T>>();

  /**
   * Joins the call in progress for this key, or starts one.
   * @param signal - aborts for this caller only: its promise is rejected, and the work continues for the other callers
   */
  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) return Promise.reject(callerAborted());
    const flight = this.flights.get(key) ?? this.launch(key, start);
    flight.callers++;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        if (--flight.callers === 0) {
          this.forget(key, flight);
          flight.controller.abort(signal.reason);
        }
        reject(callerAborted());
      };
      signal.addEventListener('abort', leave, { once: true });
      const finish = (settle: () => void) => (): void => {
        signal.removeEventListener('abort', leave);
        settle();
      };
      flight.result.then(
        (value) => finish(() => resolve(value))(),
        (error: unknown) => finish(() => reject(error as Error))(),
      );
    });
  }

  private launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, callers: 0, result: start(controller.signal) };
    this.flights.set(key, flight);
    const done = (): void => this.forget(key, flight);
    flight.result.then(done, done);
    return flight;
  }

  private forget(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}

const callerAborted = (): Error => new Error('The caller aborted the request.');
