import type { IncomingMessage } from 'node:http';

/** Who is told of exchanges. */
export interface ExchangeObserver {
  /** An answer's first byte took long. */
  slow?(request: IncomingMessage, ms: number): void;
  /** An exchange is over. @param status as it was sent, or `HUNG_UP` */
  over?(request: IncomingMessage, status: number, ms: number): void;
}

/** What nginx calls the answer that nobody waited for. */
export const HUNG_UP = 499;

/** What goes on between our server and its clients. */
export class Exchanges {
  readonly observers: ExchangeObserver[] = [];
  /** Does the work of an answer, from its beginning, in surroundings of its own. */
  around: ((request: IncomingMessage, answer: () => void) => void) | undefined;
  /** How many are going on. */
  inFlight = 0;
  /** Is the hub about to stop? Then each answer is the last on its connection. */
  leaving = false;

  begin(): void {
    this.inFlight++;
  }

  slow(request: IncomingMessage, ms: number): void {
    for (const observer of this.observers) observer.slow?.(request, ms);
  }

  over(request: IncomingMessage, status: number, ms: number): void {
    this.inFlight--;
    for (const observer of this.observers) observer.over?.(request, status, ms);
  }
}
