import type { ServerResponse } from 'node:http';
import type { HubRequest } from './hub-request.js';

/** Memory for a body. It is released when the response is closed. */
export interface BodyReservation {
  /** @throws HubError `RateLimited`, `Overloaded` */
  reserve(bytes: number): void;
}

/** The shares of clients in what the hub can do at the same time (ADR 26). */
export interface Shares {
  /**
   * Counts a request as in progress until its response is closed.
   * @throws HubError `RateLimited`, `Overloaded`
   */
  admit(request: HubRequest, response: ServerResponse): void;
  /**
   * Counts a response that is streamed, until it is closed.
   * @throws HubError `RateLimited`, `Overloaded`
   */
  stream(request: HubRequest, response: ServerResponse): void;
  /** The memory for the body of a request. */
  memoryFor(request: HubRequest): BodyReservation;
}
