interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Lets many who ask the same at the same time share one answer. The work goes on while anybody waits for it, and is aborted when the
 * last one has gone.
 */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Flight<T>>();

  /** Joins the flight under this key, or starts it. When `signal` aborts the caller no longer counts, and is rejected. */
  join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) return Promise.reject(callerGone());
    const flight = this.flights.get(key) ?? this.begin(key, start);
    flight.waiting++;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        if (--flight.waiting === 0) {
          this.forget(key, flight);
          flight.controller.abort(signal.reason);
        }
        reject(callerGone());
      };
      signal.addEventListener('abort', leave, { once: true });
      const arrive = (settle: () => void) => (): void => {
        signal.removeEventListener('abort', leave);
        settle();
      };
      flight.result.then(
        (value) => arrive(() => resolve(value))(),
        (error: unknown) => arrive(() => reject(error as Error))(),
      );
    });
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, waiting: 0, result: start(controller.signal) };
    this.flights.set(key, flight);
    const done = (): void => this.forget(key, flight);
    flight.result.then(done, done);
    return flight;
  }

  private forget(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}

const callerGone = (): Error => new Error('The caller has gone.');
