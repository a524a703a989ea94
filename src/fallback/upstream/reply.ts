import { parseUrl } from '../../domain/parse-url.js';
import type { Dispatcher } from 'undici';
import type { Reply } from '../../domain/upstream.js';
import { codingsOf, decodeBody, plainBody } from './content-coding.js';
import { MAX_ERROR_BYTES, readText, type BodyUse } from './read-body.js';
import { readJson, readPlainText } from './read-json.js';

/**
 * Converts undici's response. JSON is read and parsed, text is read, a stream is left unread, and of an error its message is read. Compressed bodies are
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
  if (status >= 400) return { kind, status, headers, location, ...(await errorMessage(body, headers)) };
  const plain = await plainBody({ status, headers, body }, use);
  const base = { kind, status, headers: plain.headers, location, ...(plain.isCoded && { isCoded: plain.isCoded }) };
  if (use.expects === 'json') return { ...base, ...(await readJson(plain, use)) };
  if (use.expects === 'text') return { ...base, ...(await readPlainText(plain, use)) };
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
const MESSAGE_FIELDS = ['error', 'message', 'detail'] as const;

type ErrorMessage = Pick<Reply, 'message' | 'messageField'>;

/** The message of an error: from its header, a field of its JSON, or its text. Web pages are ignored. */
async function errorMessage(
  body: Dispatcher.ResponseData['body'],
  headers: Record<string, string>,
): Promise<ErrorMessage> {
  if (headers['x-error-message'] !== undefined || (headers['content-type'] ?? '').startsWith('text/html')) {
    discard(body);
    return { message: headers['x-error-message']?.slice(0, MAX_MESSAGE_LENGTH) };
  }
  const text = await decodeBody(body, codingsOf(headers))
    .then((plain) => readText({ body: plain, headers }, MAX_ERROR_BYTES))
    .catch(() => '');
  const found = jsonErrorMessage(text);
  const message = (found?.message ?? text).trim().slice(0, MAX_MESSAGE_LENGTH) || undefined;
  return { ...found, message };
}

function jsonErrorMessage(text: string): Required<ErrorMessage> | undefined {
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    const messageField = MESSAGE_FIELDS.find((name) => typeof fields[name] === 'string');
    return messageField && { message: fields[messageField] as string, messageField };
  } catch {
    return undefined;
  }
}
