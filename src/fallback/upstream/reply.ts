import type { Dispatcher } from 'undici';
import type { Reply } from '../../domain/upstream.js';
import { BodyTooLarge, MAX_ERROR_BYTES, MAX_JSON_BYTES, readLimited } from './read-limited.js';

/** Thrown when an answer cannot be what was asked for: a web page, a broken or an endless JSON. */
export class NotAHubAnswer extends Error {}

/**
 * Turns undici's answer into ours. JSON is read and parsed, a stream handed on unread, an error's first words kept.
 *
 * @throws NotAHubAnswer
 */
export async function toReply(
  data: Dispatcher.ResponseData,
  expects: 'json' | 'stream' | 'nothing',
  url: URL,
): Promise<Reply> {
  const headers = joined(data.headers);
  const base = {
    kind: 'reply' as const,
    status: data.statusCode,
    headers,
    location: locationOf(headers['location'], url),
  };
  if (data.statusCode >= 400) return { ...base, message: await firstWords(data, headers) };
  if (data.statusCode >= 300 || expects === 'nothing') {
    drop(data);
    return base;
  }
  // The listener is for a body that is destroyed unread: its end would otherwise be an uncaught error. A reader still gets it.
  if (expects === 'stream') return { ...base, stream: data.body.on('error', () => undefined) };
  return { ...base, json: await readJson(data, headers) };
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

const locationOf = (location: string | undefined, url: URL): string | undefined =>
  location !== undefined && URL.canParse(location, url.href) ? new URL(location, url).href : undefined;

/** A redirect's few bytes are read so that the connection can be used again; a body that goes on is cut off. */
function drop(data: Dispatcher.ResponseData): void {
  void data.body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
}

async function readJson(data: Dispatcher.ResponseData, headers: Record<string, string>): Promise<unknown> {
  const type = headers['content-type'] ?? '';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    data.body.on('error', () => undefined).destroy();
    throw new NotAHubAnswer(
      type.startsWith('text/html')
        ? 'it answered with a web page'
        : `it answered ${type || 'without a type'} where JSON is due`,
    );
  }
  try {
    return JSON.parse(await readLimited(data, MAX_JSON_BYTES));
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new NotAHubAnswer(`its answer is larger than ${MAX_JSON_BYTES} bytes`);
    if (error instanceof SyntaxError) throw new NotAHubAnswer('its JSON is broken');
    throw error;
  }
}

const MAX_WORDS = 500;

/** What the source says is wrong: its header, a field of its JSON, or its text; never a web page. */
async function firstWords(data: Dispatcher.ResponseData, headers: Record<string, string>): Promise<string | undefined> {
  if (headers['x-error-message'] !== undefined || (headers['content-type'] ?? '').startsWith('text/html')) {
    drop(data);
    return headers['x-error-message']?.slice(0, MAX_WORDS);
  }
  const text = await readLimited(data, MAX_ERROR_BYTES).catch(() => '');
  return (wordsOfJson(text) ?? text).trim().slice(0, MAX_WORDS) || undefined;
}

function wordsOfJson(text: string): string | undefined {
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    return [error, message, detail].find((words) => typeof words === 'string');
  } catch {
    return undefined;
  }
}
