/** Accepted upload formats. SVG is not accepted, since it can contain scripts. */
export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp';

/** Leading bytes; `undefined` matches any byte. */
type Signature = readonly (number | undefined)[];

const ascii = (text: string): Signature => Array.from(text, (character) => character.charCodeAt(0));

const SIGNATURES: readonly (readonly [ImageKind, Signature])[] = [
  ['png', [0x89, ...ascii('PNG\r\n\x1a\n')]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['gif', ascii('GIF87a')],
  ['gif', ascii('GIF89a')],
  ['webp', [...ascii('RIFF'), undefined, undefined, undefined, undefined, ...ascii('WEBP')]],
];

/** Detects the image format from the leading bytes, regardless of the declared media type; `undefined` if it is not accepted. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const matches = (signature: Signature): boolean =>
    signature.every((byte, at) => at < bytes.length && (byte === undefined || byte === bytes[at]));
  return SIGNATURES.find(([, signature]) => matches(signature))?.[0];
}
