import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const shrink = promisify(deflateRaw);
const grow = promisify(inflateRaw);

/** Shorter texts are not worth the time. */
const WORTH_IT = 2_048;
/** What a text begins with: as it is, or packed. */
const [PLAIN, PACKED] = ['=', '~'];

/** A text for a place where room matters: long ones are deflated. */
export async function packed(text: string): Promise<string> {
  return text.length < WORTH_IT ? PLAIN + text : PACKED + (await shrink(text)).toString('base64');
}

/** The text again; undefined for what another version has written. */
export async function unpacked(text: string): Promise<string | undefined> {
  if (text.startsWith(PLAIN!)) return text.slice(1);
  if (!text.startsWith(PACKED!)) return undefined;
  return (await grow(Buffer.from(text.slice(1), 'base64'))).toString();
}
