import { describe, expect, it } from '@jest/globals';
import { decodeContentStream, decodeContent, type ContentEncoding } from '../../../../src/repos/write/file-content.js';

async function* inPieces(bytes: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function read(written: string | Buffer, encoding: ContentEncoding, step: number): Promise<Buffer> {
  const pieces = [];
  for await (const piece of decodeContentStream(inPieces(Buffer.from(written), step), encoding)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, n) => (n * 37) % 256));

describe.each([1, 2, 3, 5, 6, 64])('content that comes in pieces of %d bytes', (step) => {
  it.each([0, 1, 2, 3, 4, 5, 100])('is the %d bytes that were written in base64', async (length) => {
    const text = bytes(length).toString('base64');
    expect(await read(text, 'base64', step)).toEqual(bytes(length));
    expect(decodeContent(text, 'base64')).toEqual(bytes(length));
    expect(await read(text.replaceAll('/', '\\/').replaceAll('+', '\\u002b'), 'base64', step)).toEqual(bytes(length));
  });

  it.each(['plain', '', 'é – 😀 \n\t"\\ \0', '\\u0041 not an escape', '\ufeffwith a mark in front'])(
    'is the text %j',
    async (text) => {
      for (const written of [JSON.stringify(text), asciiOnly(text)]) {
        expect((await read(written.slice(1, -1), 'utf-8', step)).toString()).toBe(text);
      }
    },
  );

  it.each<[string, string | Buffer, ContentEncoding, string]>([
    ['base64 without its padding', 'QQ', 'base64', 'multiple of 4'],
    ['base64 that is cut off', 'QUJDR', 'base64', 'multiple of 4'],
    ['base64 with padding in its middle', 'QQ==QUJD', 'base64', 'invalid characters'],
    ['base64 of the URL alphabet', 'Pz8-', 'base64', 'invalid characters'],
    ['base64 with letters that only look right in their low byte', 'ŁŁŁŁQUJD', 'base64', 'invalid characters|multiple'],
    ['base64 with a space', 'QUJ QUJD', 'base64', 'invalid characters'],
    ['base64 with line ends', 'QUJD\\nQUJD', 'base64', 'invalid characters|multiple'],
    ['half of a character, by escape', 'x\\ud83dx', 'utf-8', 'half of a character'],
    ['half of a character at the end', 'x\\ud83d', 'utf-8', 'half of a character'],
    ['bytes that are no UTF-8', Buffer.from([0x41, 0xff, 0x41]), 'utf-8', 'not a valid JSON string'],
    ['a character that is cut off', Buffer.from([0x41, 0xc3]), 'utf-8', 'not a valid JSON string'],
    ['an escape that is cut off', 'x\\u00', 'utf-8', 'not a valid JSON string'],
    ['an unknown escape', '\\q', 'utf-8', 'not a valid JSON string'],
    ['an escape of no number', '\\uzzzz and more', 'utf-8', 'not a valid JSON string'],
  ])('is refused as %s', async (_case, written, encoding, message) => {
    await expect(read(written, encoding, step)).rejects.toThrow(new RegExp(message));
  });
});

/** JSON as Python writes it. */
const asciiOnly = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
