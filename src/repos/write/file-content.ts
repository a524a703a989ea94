import { JsonStringReader } from './json-string-reader.js';

/** How the content of a file is encoded in JSON. */
export type ContentEncoding = 'base64' | 'utf-8';

/** Decodes text that arrives in pieces into bytes. */
interface ContentDecoder {
  push(text: string): Buffer;
  /** Returns the remaining bytes. */
  end(): Buffer;
}

/**
 * Strict base64: standard alphabet, padded. Node's decoder ignores invalid characters, so that a corrupted upload would be accepted.
 */
class Base64Decoder implements ContentDecoder {
  private rest = '';

  push(text: string): Buffer {
    const all = this.rest + text;
    // The last group is held back, because padding is only allowed there.
    const completeLength = Math.max(0, all.length - 1 - ((all.length - 1) % 4));
    this.rest = all.slice(completeLength);
    return decodeGroups(all.slice(0, completeLength));
  }

  end(): Buffer {
    if (this.rest.length % 4 !== 0) throw new SyntaxError('is not valid base64: its length is not a multiple of 4');
    if (!LAST_GROUP.test(this.rest)) throw notBase64();
    return Buffer.from(this.rest, 'base64');
  }
}

const LAST_GROUP = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/;

/**
 * Node skips invalid characters, which yields too few bytes. Only the URL-safe alphabet and non-ASCII characters whose low byte is
 * valid pass unnoticed, so they are checked separately. Ten times as fast as a regular expression.
 */
function decodeGroups(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const hasInvalidCharacters = text.includes('-') || text.includes('_') || Buffer.byteLength(text) !== text.length;
  if (hasInvalidCharacters || bytes.length !== (text.length / 4) * 3) throw notBase64();
  return bytes;
}

const notBase64 = (): SyntaxError =>
  new SyntaxError('is not valid base64: it contains invalid characters or misplaced padding');

class Utf8Decoder implements ContentDecoder {
  push(text: string): Buffer {
    if (/\p{Cs}/u.test(text)) throw new SyntaxError('contains half of a character (a lone surrogate)');
    return Buffer.from(text);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }
}

const decoderOf = (encoding: ContentEncoding): ContentDecoder =>
  encoding === 'base64' ? new Base64Decoder() : new Utf8Decoder();

/**
 * Decodes the content of a file.
 *
 * @throws SyntaxError with a message that continues the sentence "the content …"
 */
export function decodeContent(text: string, encoding: ContentEncoding): Buffer {
  const decoder = decoderOf(encoding);
  return Buffer.concat([decoder.push(text), decoder.end()]);
}

/**
 * Decodes long content, given as the raw bytes between the quotes of a JSON string.
 *
 * @throws SyntaxError as `decodeContent`
 */
export async function* decodeContentStream(
  raw: AsyncIterable<Uint8Array>,
  encoding: ContentEncoding,
): AsyncGenerator<Buffer> {
  const reader = new JsonStringReader();
  const decoder = decoderOf(encoding);
  for await (const bytes of raw) yield decoder.push(readJson(() => reader.push(bytes)));
  yield decoder.push(readJson(() => reader.end()));
  yield decoder.end();
}

function readJson(read: () => string): string {
  try {
    return read();
  } catch (cause) {
    throw new SyntaxError('is not a valid JSON string', { cause });
  }
}
