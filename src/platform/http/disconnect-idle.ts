import { HubError } from '../../domain/hub-error.js';
import { sendError } from './hub-error.filter.js';
import type { StalledExchange } from './idle-connections.js';

/**
 * Ends a stalled exchange. If the client can still get a response, it gets a 408. Then its connection is closed, so that the handler of
 * the request fails and releases what it holds.
 */
export const disconnectIdle =
  (idleMs: number) =>
  ({ stall, request, response }: StalledExchange): void => {
    if (stall === 'response' || response.headersSent) return void request.socket.destroy();
    response.shouldKeepAlive = false; // Node closes the connection after the response
    // Node only fails requests that have no response yet, so a handler would wait for the body forever.
    request.socket.once('close', () => request.destroy(new Error('The client stopped sending the body')));
    const message = `The request body is incomplete, and nothing has arrived for ${idleMs / 1000} seconds. Send it again.`;
    sendError(response, new HubError('RequestTimeout', message));
  };
