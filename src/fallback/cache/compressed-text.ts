import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Compressing shorter texts saves too little to be worth the time. */
const MIN_COMPRESSED_LENGTH = 2_048;

/** First character of a stored text. */
const PLAIN = '=';
const DEFLATED = '~';

/** Compresses a text for Redis, if it is long. */
export async function compressText(text: string): Promise<string> {
  return text.length < MIN_COMPRESSED_LENGTH ? PLAIN + text : DEFLATED + (await deflate(text)).toString('base64');
}

/** Decompresses a text; `undefined` if another version of the hub stored it in another format. */
export async function decompressText(text: string): Promise<string | undefined> {
  if (text.startsWith(PLAIN)) return text.slice(1);
  if (!text.startsWith(DEFLATED)) return undefined;
  return (await inflate(Buffer.from(text.slice(1), 'base64'))).toString();
}
