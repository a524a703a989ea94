import type { OutgoingHttpHeaders } from 'node:http';
import type { Responder } from './fake-upstream.js';

/** A body of any kind. HEAD gets the same headers and no body, as HTTP has it. */
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

/** What a captive portal or a gateway's error page looks like. */
export const html = (status = 200, body = '<!doctype html><title>Sign in to the network</title>'): Responder =>
  bytes(status, body, { 'content-type': 'text/html' });

export const redirect = (status: number, location: string, headers: OutgoingHttpHeaders = {}): Responder =>
  text(status, '', { location, ...headers });

/** Takes the request and never answers. */
export const hang = (): Responder => () => undefined;

/** Tears the connection down with a TCP reset. */
export const reset = (): Responder => (response) => response.socket?.resetAndDestroy();

/** Announces more bytes than it sends, then closes. */
export const truncated =
  (body: Buffer | string, announced: number, headers: OutgoingHttpHeaders = {}): Responder =>
  (response) => {
    response.writeHead(200, { 'content-length': announced, ...headers });
    response.write(body, () => response.socket?.end());
  };

/** Sends the chunks one by one, each when `ready(n)` has resolved; a test decides when that is, nothing here sleeps. */
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

/** Answers as `then` does, once `gate` has resolved. */
export const afterGate =
  (gate: Promise<unknown>, then: Responder): Responder =>
  async (response, request) => {
    await gate;
    return then(response, request);
  };

/** The first request gets the first responder, and so on; the last one stays. */
export const inSequence = (...responders: [Responder, ...Responder[]]): Responder => {
  let turn = 0;
  return (response, request) => {
    const responder = responders[Math.min(turn++, responders.length - 1)];
    return responder?.(response, request);
  };
};
