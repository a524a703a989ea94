import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** An answer as a value: what a service decided, before a byte is sent. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as it comes, with backpressure; a failure half-way cuts the connection, so that nobody takes a part for the whole. */
  readonly stream?: AsyncIterable<Uint8Array>;
}

/** A file is data: whatever its type, it cannot run as one of the hub's pages. */
export const FILE_SAFETY = {
  'content-security-policy': "default-src 'none'; sandbox",
} as const;

/** Sends an answer. To a HEAD the same headers go without a body. */
export async function relayReply(
  response: ServerResponse,
  answer: WireAnswer,
  extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, headers, stream } = answer;
  const isHead = response.req.method === 'HEAD';
  if (stream && !isHead) {
    response.writeHead(status, { ...headers, ...extra });
    return streamTo(response, stream);
  }
  const body = answer.json === undefined ? undefined : JSON.stringify(answer.json);
  const length =
    body === undefined ? (headers['content-length'] ?? (isHead ? undefined : '0')) : String(Buffer.byteLength(body));
  response.writeHead(status, {
    ...headers,
    ...extra,
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  response.end(isHead ? undefined : body);
}

async function streamTo(response: ServerResponse, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const body = stream instanceof Readable ? stream : Readable.from(stream);
  await pipeline(body, response).catch(() => response.destroy());
}

/** Aborts when the client goes before it has its whole answer. */
export function hangUpSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const hungUp = (): void => {
    if (!response.writableFinished) controller.abort('the client hung up');
  };
  if (response.closed) hungUp();
  else response.once('close', hungUp);
  return controller.signal;
}
