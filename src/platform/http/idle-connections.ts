import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Checks within an idle limit. A connection is closed at most one interval late. */
const CHECKS = 12;

/** Actions of a client that the hub can be kept waiting for: sending the rest of a body, and reading a response. */
export type Stall = 'body' | 'response';

interface Connection {
  exchange?: { readonly request: IncomingMessage; readonly response: ServerResponse };
  awaited?: Stall;
  /** A number that changes whenever bytes move in the awaited direction. */
  progress: number;
  /** When the last progress was seen, as `performance.now()`. */
  since: number;
}

/** A connection whose client has not moved a byte for the idle limit. */
export interface StalledExchange {
  readonly stall: Stall;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Finds clients that neither send the rest of a body nor read their response. The time in which the hub itself is busy, or waits for a
 * source, does not count. One timer checks all connections, so requests cost nothing.
 *
 * Timeouts of sockets are not enough: they also end long requests that the hub is still working on, and a client that sends bytes, but
 * does not read, keeps its socket active.
 */
export class IdleConnections {
  private readonly connections = new Map<Socket, Connection>();

  /** @param onStall - must end the exchange */
  constructor(
    private readonly idleMs: number,
    private readonly onStall: (stalled: StalledExchange) => void,
  ) {}

  /** Checks the connections of a server until it is closed. */
  watch(server: Server): void {
    this.track(server);
    // After the event loop was blocked, bytes that have arrived are only read after the timers, and before `setImmediate`.
    const timer = setInterval(
      () => setImmediate(() => this.check(performance.now())),
      Math.ceil(this.idleMs / CHECKS),
    ).unref();
    server.once('close', () => clearInterval(timer));
  }

  /** Like `watch`, without a timer. */
  track(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.connections.set(socket, { progress: 0, since: 0 });
      socket.once('close', () => this.connections.delete(socket));
    });
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.connections.get(request.socket);
      if (connection) connection.exchange = { request, response };
    });
  }

  /**
   * Ends the exchanges that have stalled.
   * @param now - as `performance.now()`
   */
  check(now: number): void {
    for (const [socket, connection] of this.connections) {
      const { exchange } = connection;
      const awaited = exchange && awaitedFrom(socket, exchange.request);
      const progress = awaited === 'response' ? unsentBytes(socket) : socket.bytesRead;
      if (!exchange || !awaited || awaited !== connection.awaited || progress !== connection.progress) {
        Object.assign(connection, { awaited, progress, since: now });
      } else if (now - connection.since >= this.idleMs) {
        connection.since = now;
        this.onStall({ stall: awaited, ...exchange });
      }
    }
  }
}

/** A body is not awaited while the hub is the slow side, so that its buffer is full. */
function awaitedFrom(socket: Socket, request: IncomingMessage): Stall | undefined {
  if (socket.writableLength > 0) return 'response';
  return !request.complete && request.readableLength < request.readableHighWaterMark ? 'body' : undefined;
}

/**
 * A figure that changes when the client reads: the bytes that were handed to the system, without those it still holds of the current
 * write. Node reads the same field of the handle for its own socket timeouts, because a write may have many megabytes.
 */
function unsentBytes(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0);
}
