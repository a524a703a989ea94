/** The kinds of picture that are taken: those that are pixels and nothing else. SVG is a program, and is none of them. */
export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp';

const ascii = (text: string): readonly (number | undefined)[] => Array.from(text, (letter) => letter.charCodeAt(0));

/** What files of a kind begin with; undefined stands for any byte. */
const BEGINNINGS: readonly (readonly [ImageKind, readonly (number | undefined)[]])[] = [
  ['png', [0x89, ...ascii('PNG\r\n\x1a\n')]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['gif', ascii('GIF87a')],
  ['gif', ascii('GIF89a')],
  ['webp', [...ascii('RIFF'), undefined, undefined, undefined, undefined, ...ascii('WEBP')]],
];

/** What kind of picture the bytes are by how they begin, whatever anybody calls them; undefined for everything else. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const fits = (beginning: readonly (number | undefined)[]): boolean =>
    beginning.every((byte, at) => at < bytes.length && (byte === undefined || byte === bytes[at]));
  return BEGINNINGS.find(([, beginning]) => fits(beginning))?.[0];
}
