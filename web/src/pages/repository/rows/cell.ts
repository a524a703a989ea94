import { decodeText } from '../previews/decode-text';
import type { Column } from './row-file';

/** A value as it is shown. */
export type Cell =
  | { readonly kind: 'missing' }
  | { readonly kind: 'text' | 'number' | 'class' | 'json'; readonly text: string }
  | { readonly kind: 'image' | 'audio'; readonly content: Blob | string };

/** A file that is a value: an image or a sound. */
export class MediaFile {
  constructor(
    readonly kind: 'image' | 'audio',
    readonly url: string,
  ) {}
}

/** Characters of a value in the dialog of a row. */
const MAX_LENGTH = 100_000;

/** First bytes of media that browsers show. SVG is not one of them: it is text. */
const SIGNATURES: readonly (readonly [pattern: RegExp, kind: 'image' | 'audio', type: string])[] = [
  [/^\x89PNG\r\n/, 'image', 'image/png'],
  [/^\xff\xd8\xff/, 'image', 'image/jpeg'],
  [/^GIF8/, 'image', 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image', 'image/webp'],
  [/^[^]{4}ftypavif/, 'image', 'image/avif'],
  [/^RIFF[^]{4}WAVE/, 'audio', 'audio/wav'],
  [/^fLaC/, 'audio', 'audio/flac'],
  [/^OggS/, 'audio', 'audio/ogg'],
  [/^(?:ID3|\xff[\xfb\xf3\xf2])/, 'audio', 'audio/mpeg'],
];

/** How to show a value. */
export function cellOf(value: unknown, column: Column): Cell {
  if (value === null || value === undefined || value === '') return { kind: 'missing' };
  if (value instanceof MediaFile) return { kind: value.kind, content: value.url };
  const media = mediaOf(value);
  if (media) return media;
  if (typeof value === 'number' || typeof value === 'bigint') {
    const name = column.classNames?.[Number(value)];
    return name === undefined ? { kind: 'number', text: String(value) } : { kind: 'class', text: name };
  }
  if (typeof value === 'string') return { kind: 'text', text: shorten(value) };
  if (value instanceof Uint8Array) return { kind: 'text', text: shorten(bytesText(value)) };
  if (value instanceof Date) return { kind: 'text', text: dateText(value) };
  return typeof value === 'object'
    ? { kind: 'json', text: jsonText(value) }
    : { kind: 'text', text: String(value as boolean) };
}

/** An image or a sound: its bytes, or as the `datasets` library stores them (`{bytes, path}`). */
function mediaOf(value: unknown): Cell | undefined {
  const bytes = typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : value;
  if (!(bytes instanceof Uint8Array)) return undefined;
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const found = SIGNATURES.find(([pattern]) => pattern.test(start));
  return found && { kind: found[1], content: new Blob([bytes as Uint8Array<ArrayBuffer>], { type: found[2] }) };
}

const shorten = (text: string): string => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);

const dateText = (date: Date): string => (Number.isNaN(date.getTime()) ? 'Invalid date' : date.toISOString());

function jsonText(value: object): string {
  try {
    return shorten(JSON.stringify(value, replaceBinary));
  } catch {
    return 'A value with too many levels';
  }
}

const replaceBinary = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? bytesText(value) : value;
};

function bytesText(bytes: Uint8Array): string {
  const decoded = decodeText(bytes.subarray(0, MAX_LENGTH));
  return decoded?.encoding === 'UTF-8' ? decoded.text : `<${bytes.length} bytes>`;
}
