import type { OutgoingHttpHeaders } from 'node:http';
import type { Responder } from './fake-upstream.js';

/** Responds with a body, or for HEAD with the same headers and no body. */
export const bytes =
  (status: number, body: Buffer | string, headers: OutgoingHttpHeaders = {}): Responder =>
  (response, request) => {
    const content = Buffer.from(body);
    response.writeHead(status, { 'content-length': content.length, ...headers });
    response.end(request.method === 'HEAD' ? undefined : content);
  };

export const json = (status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Responder =>
  bytes(status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8', ...headers });

export const text = (status: number, body: string, headers: OutgoingHttpHeaders = {}): Responder =>
  bytes(status, body, { 'content-type': 'text/plain; charset=utf-8', ...headers });

/** The page of a captive portal or of a gateway error. */
export const html = (status = 200, body = '<!doctype html><title>Sign in to the network</title>'): Responder =>
  bytes(status, body, { 'content-type': 'text/html' });

export const redirect = (status: number, location: string, headers: OutgoingHttpHeaders = {}): Responder =>
  text(status, '', { location, ...headers });

/** Never responds. */
export const hang = (): Responder => () => undefined;

/** Closes the connection with a TCP reset. */
export const reset = (): Responder => (response) => response.socket?.resetAndDestroy();

/** Sends fewer bytes than its `Content-Length`, then closes the connection. */
export const truncated =
  (body: Buffer | string, contentLength: number, headers: OutgoingHttpHeaders = {}): Responder =>
  (response) => {
    response.writeHead(200, { 'content-length': contentLength, ...headers });
    response.write(body, () => response.socket?.end());
  };

/** Sends each chunk after `ready(n)` has resolved, so that the test controls the timing. */
export const drip =
  (
    chunks: readonly (Buffer | string)[],
    ready: (n: number) => Promise<unknown>,
    headers: OutgoingHttpHeaders = {},
  ): Responder =>
  async (response) => {
    response.writeHead(200, headers).flushHeaders();
    for (const [n, chunk] of chunks.entries()) {
      await ready(n);
      if (response.destroyed) return;
      response.write(chunk);
    }
    response.end();
  };

/** Responds like `then` after `gate` has resolved. */
export const afterGate =
  (gate: Promise<unknown>, then: Responder): Responder =>
  async (response, request) => {
    await gate;
    return then(response, request);
  };

/** Uses the first responder for the first request, and so on; the last one for all further requests. */
export const inSequence = (...responders: [Responder, ...Responder[]]): Responder => {
  let turn = 0;
  return (response, request) => {
    const responder = responders[Math.min(turn++, responders.length - 1)];
    return responder?.(response, request);
  };
};
