/** The encoding of a text file. Only UTF-8 can be edited. */
export type Encoding = 'UTF-8' | 'UTF-16 LE' | 'UTF-16 BE' | 'Windows-1252';

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
}

const LABELS: Readonly<Record<Encoding, string>> = {
  'UTF-8': 'utf-8',
  'UTF-16 LE': 'utf-16le',
  'UTF-16 BE': 'utf-16be',
  'Windows-1252': 'windows-1252',
};

/** Bytes that texts do not have: control characters, except white space and escape sequences of terminals. */
const isControl = (byte: number): boolean =>
  byte === 0x7f || (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b);

/** Decodes a text file, or its start; the last character may be incomplete. Returns `undefined` for other files. */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  const wide = wideEncoding(bytes);
  const encodings: Encoding[] = wide ? [wide] : ['UTF-8', 'Windows-1252'];
  for (const encoding of encodings) {
    const text = decode(bytes, encoding);
    if (text !== undefined) return { text, encoding };
  }
  return undefined;
}

/** UTF-16 by its byte order mark, or because every second byte of a text with Latin letters is zero. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'UTF-16 LE';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16 BE';
  const start = bytes.subarray(0, 1000);
  const zeros = [0, 0];
  start.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2]! += 1;
  });
  const [even, odd] = zeros as [number, number];
  const most = start.length * 0.4;
  if (even === 0 && odd > most) return 'UTF-16 LE';
  return odd === 0 && even > most ? 'UTF-16 BE' : undefined;
}

function decode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding === 'Windows-1252' && bytes.some(isControl)) return undefined;
  try {
    const text = new TextDecoder(LABELS[encoding], { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
