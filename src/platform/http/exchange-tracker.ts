import type { IncomingMessage } from 'node:http';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { HubAddresses } from './hub-addresses.js';
import type { Shares } from './hub-request.js';

/** Observes HTTP exchanges. */
export interface ExchangeObserver {
  /** Called when the response headers were sent late. */
  onSlow?(request: IncomingMessage, ms: number): void;
  /**
   * Called when an exchange has ended.
   * @param status - the status that was sent, or `CLIENT_CLOSED_REQUEST`
   */
  onFinish?(request: IncomingMessage, status: number, ms: number): void;
  /** Called when the hub closes a connection. */
  onClose?(reason: CloseReason): void;
}

/** `idle`: the client did not move a byte for too long. `limit`: its address has too many connections. */
export type CloseReason = 'idle' | 'limit';

/** nginx's status for requests whose client disconnected before the response. */
export const CLIENT_CLOSED_REQUEST = 499;

/** Tracks the HTTP exchanges of the server. */
export class ExchangeTracker {
  readonly observers: ExchangeObserver[] = [];
  /** Wraps the handling of every request, for example in a tracing context. */
  wrap: ((request: IncomingMessage, handle: () => void) => void) | undefined;
  /** The addresses of the hub; by default those that clients use. */
  addresses = new HubAddresses([], () => false);
  /** Headers of every response. */
  headersFor: (urls: UrlBuilder) => Readonly<Record<string, string>> = () => ({});
  /** Limits for each client; undefined in tests of single modules. */
  shares: Shares | undefined;
  /** Number of exchanges in progress. */
  inFlight = 0;
  /** While shutting down, each response is the last on its connection. */
  isShuttingDown = false;

  start(): void {
    this.inFlight++;
  }

  slow(request: IncomingMessage, ms: number): void {
    for (const observer of this.observers) observer.onSlow?.(request, ms);
  }

  close(reason: CloseReason): void {
    for (const observer of this.observers) observer.onClose?.(reason);
  }

  finish(request: IncomingMessage, status: number, ms: number): void {
    this.inFlight--;
    for (const observer of this.observers) observer.onFinish?.(request, status, ms);
  }
}
