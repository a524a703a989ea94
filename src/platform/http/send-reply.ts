import type { ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HubRequest, ServedBytes } from './hub-request.js';
import { GroupWriter, type Sending } from './group-writer.js';
import { hasLongList, jsonParts } from './json-parts.js';

/** A response as a value, before any of it is sent. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent with backpressure. If it fails midway, the connection is closed, so that no client mistakes a part for the whole response. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Creates a stream whose output are groups of pieces (`Buffer[]`), one for each piece of `stream`. */
  readonly encode?: (() => Transform) | undefined;
  /** For a reply that occupies much memory; JSON is sent in parts. Called before the body is created. Returns a function that is called when the response is closed. */
  readonly onSend?: () => () => void;
  /** For files: where the bytes come from. For redirects also their number, if it is known. */
  readonly served?: Pick<ServedBytes, 'kind' | 'source'> & { readonly bytes?: number };
  /** For files: called with the number of bytes that were sent, also if the client disconnects. For redirects, with `served.bytes`. */
  readonly onSent?: (bytes: number) => void;
}

/** Prevents files, such as HTML, from running as pages of the hub. */
export const FILE_SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; sandbox",
} as const;

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a response. `HEAD` requests get the same headers without a body. `IdleConnections` disconnects clients that do not read it. */
export async function sendReply(
  response: ServerResponse,
  reply: WireReply,
  extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, headers, stream } = reply;
  const isHead = response.req.method === 'HEAD';
  const served = reply.served && !isHead ? { ...reply.served, bytes: reply.served.bytes ?? 0 } : undefined;
  if (served) (response.req as HubRequest).served = served;
  if (reply.onSend) releaseWhenSent(response, reply.onSend());
  if (stream && !isHead) {
    countStream(response, stream);
    response.writeHead(status, { ...headers, ...extra });
    await streamTo(response, stream, { served, encode: reply.encode });
    reply.onSent?.(served?.bytes ?? 0);
    return;
  }
  if (served) reply.onSent?.(served.bytes);
  if (isObject(reply.json) && (reply.onSend || hasLongList(reply.json))) {
    response.writeHead(status, { ...headers, ...extra, 'content-type': JSON_TYPE });
    if (!isHead) return streamTo(response, jsonParts(reply.json));
    response.end();
    return;
  }
  const body = reply.json === undefined ? undefined : JSON.stringify(reply.json);
  const length =
    body === undefined ? (headers['content-length'] ?? (isHead ? undefined : '0')) : String(Buffer.byteLength(body));
  response.writeHead(status, {
    ...headers,
    ...extra,
    ...(body === undefined ? {} : { 'content-type': headers['content-type'] ?? JSON_TYPE }),
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  response.end(isHead ? undefined : body);
}

/** @throws HubError if the client has too many streams already */
function countStream(response: ServerResponse, stream: AsyncIterable<Uint8Array>): void {
  const request = response.req as HubRequest;
  try {
    request.shares?.stream(request, response);
  } catch (error) {
    if (stream instanceof Readable) stream.destroy();
    throw error;
  }
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function releaseWhenSent(response: ServerResponse, release: () => void): void {
  if (response.closed) return release();
  response.once('close', release);
}

async function streamTo(
  response: ServerResponse,
  stream: AsyncIterable<Uint8Array>,
  { served, encode }: { readonly served?: ServedBytes | undefined } & Pick<WireReply, 'encode'> = {},
): Promise<void> {
  const body = stream instanceof Readable ? stream : Readable.from(stream);
  const count = (bytes: number): void => {
    if (served) served.bytes += bytes;
  };
  const request = response.req as HubRequest;
  const sending = { count, turn: () => request.shares?.chunkFor(request) };
  const sent = encode
    ? pipeline(body, encode(), new GroupWriter(response, sending))
    : pipeline(body, inTurns(sending), response);
  await sent.catch(() => response.destroy());
}

/** Each chunk waits for the turn of its client. */
const inTurns = ({ turn, count }: Sending): Transform =>
  new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      count(chunk.length);
      const waiting = turn();
      if (waiting) void waiting.then(() => done(null, chunk));
      else done(null, chunk);
    },
  });

/** Returns a signal that aborts when the client disconnects before it has received the whole response. */
export function clientAbortSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    if (!response.writableFinished) controller.abort('the client disconnected');
  };
  if (response.closed) abort();
  else response.once('close', abort);
  return controller.signal;
}
