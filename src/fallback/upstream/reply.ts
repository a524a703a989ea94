import { parseUrl } from '../../domain/parse-url.js';
import type { Dispatcher } from 'undici';
import type { Reply } from '../../domain/upstream.js';
import { codingsOf, decodeBody, plainBody } from './content-coding.js';
import { MAX_ERROR_BYTES, readText, type BodyUse } from './read-body.js';
import { readJson } from './read-json.js';

/**
 * Converts undici's response. JSON is read and parsed, a stream is left unread, and of an error its message is read. Compressed bodies are
 * decoded.
 *
 * @throws InvalidReplyError
 */
export async function toReply(data: Dispatcher.ResponseData, use: BodyUse, url: URL): Promise<Reply> {
  const { statusCode: status, body } = data;
  const headers = joinHeaders(data.headers);
  const kind = 'reply' as const;
  const location = absoluteLocation(headers['location'], url);
  if (status >= 300 && status < 400) {
    discard(body);
    return { kind, status, headers, location };
  }
  if (status >= 400) return { kind, status, headers, location, message: await errorMessage(body, headers) };
  const plain = await plainBody({ status, headers, body }, use);
  const base = { kind, status, headers: plain.headers, location, ...(plain.isCoded && { isCoded: plain.isCoded }) };
  if (use.expects === 'json') return { ...base, ...(await readJson(plain, use)) };
  if (use.expects === 'nothing') {
    discard(body);
    return base;
  }
  // Without a listener, an error of a body that is destroyed unread would be an uncaught exception. Readers still get the error.
  return { ...base, stream: plain.body.on('error', () => undefined) };
}

function joinHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

const absoluteLocation = (location: string | undefined, url: URL): string | undefined =>
  location === undefined ? undefined : parseUrl(location, url.href)?.href;

/** Reads a short body, so that the connection can be reused. A long one is aborted. */
function discard(body: Dispatcher.ResponseData['body']): void {
  void body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
}

const MAX_MESSAGE_LENGTH = 500;

/** The message of an error: from its header, a field of its JSON, or its text. Web pages are ignored. */
async function errorMessage(
  body: Dispatcher.ResponseData['body'],
  headers: Record<string, string>,
): Promise<string | undefined> {
  if (headers['x-error-message'] !== undefined || (headers['content-type'] ?? '').startsWith('text/html')) {
    discard(body);
    return headers['x-error-message']?.slice(0, MAX_MESSAGE_LENGTH);
  }
  const text = await decodeBody(body, codingsOf(headers))
    .then((plain) => readText({ body: plain, headers }, MAX_ERROR_BYTES))
    .catch(() => '');
  return (jsonErrorMessage(text) ?? text).trim().slice(0, MAX_MESSAGE_LENGTH) || undefined;
}

function jsonErrorMessage(text: string): string | undefined {
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    return [error, message, detail].find((value) => typeof value === 'string');
  } catch {
    return undefined;
  }
}
