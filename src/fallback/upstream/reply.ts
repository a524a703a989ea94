import type { Dispatcher } from 'undici';
import type { Reply } from '../../domain/upstream.js';
import { BodyTooLarge, MAX_ERROR_BYTES, MAX_JSON_BYTES, readText } from './read-body.js';

/** Thrown if a response cannot be that of a hub: a web page, or invalid or oversized JSON. */
export class InvalidReplyError extends Error {}

/**
 * Converts undici's response. JSON is read and parsed, a stream is left unread, and of an error its message is read.
 *
 * @throws InvalidReplyError
 */
export async function toReply(
  data: Dispatcher.ResponseData,
  expects: 'json' | 'stream' | 'nothing',
  url: URL,
): Promise<Reply> {
  const headers = joinHeaders(data.headers);
  const base = {
    kind: 'reply' as const,
    status: data.statusCode,
    headers,
    location: absoluteLocation(headers['location'], url),
  };
  if (data.statusCode >= 400) return { ...base, message: await errorMessage(data, headers) };
  if (data.statusCode >= 300 || expects === 'nothing') {
    discard(data);
    return base;
  }
  // Without a listener, an error of a body that is destroyed unread would be an uncaught exception. Readers still get the error.
  if (expects === 'stream') return { ...base, stream: data.body.on('error', () => undefined) };
  return { ...base, json: await readJson(data, headers) };
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
  location !== undefined && URL.canParse(location, url.href) ? new URL(location, url).href : undefined;

/** Reads a short body, so that the connection can be reused. A long one is aborted. */
function discard(data: Dispatcher.ResponseData): void {
  void data.body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
}

async function readJson(data: Dispatcher.ResponseData, headers: Record<string, string>): Promise<unknown> {
  const type = headers['content-type'] ?? '';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    data.body.on('error', () => undefined).destroy();
    throw new InvalidReplyError(
      type.startsWith('text/html')
        ? 'It responded with a web page instead of JSON'
        : `It responded with ${type || 'an unknown content type'} instead of JSON`,
    );
  }
  try {
    return JSON.parse(await readText(data, MAX_JSON_BYTES));
  } catch (error) {
    if (error instanceof BodyTooLarge)
      throw new InvalidReplyError(`Its response is larger than ${MAX_JSON_BYTES} bytes`);
    if (error instanceof SyntaxError) throw new InvalidReplyError('It responded with invalid JSON');
    throw error;
  }
}

const MAX_MESSAGE_LENGTH = 500;

/** The message of an error: from its header, a field of its JSON, or its text. Web pages are ignored. */
async function errorMessage(
  data: Dispatcher.ResponseData,
  headers: Record<string, string>,
): Promise<string | undefined> {
  if (headers['x-error-message'] !== undefined || (headers['content-type'] ?? '').startsWith('text/html')) {
    discard(data);
    return headers['x-error-message']?.slice(0, MAX_MESSAGE_LENGTH);
  }
  const text = await readText(data, MAX_ERROR_BYTES).catch(() => '');
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
