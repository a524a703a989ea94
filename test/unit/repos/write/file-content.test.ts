import { describe, expect, it } from '@jest/globals';
import { decodeContentStream, decodeContent, type ContentEncoding } from '../../../../src/repos/write/file-content.js';

async function* split(bytes: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function read(encoded: string | Buffer, encoding: ContentEncoding, step: number): Promise<Buffer> {
  const pieces = [];
  for await (const piece of decodeContentStream(split(Buffer.from(encoded), step), encoding)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, n) => (n * 37) % 256));

const STEPS = [1, 2, 3, 5, 6, 64];
const onEveryStep = <T>(result: T): [number, T][] => STEPS.map((step) => [step, result]);
/** The result of `act`, or the message of its error, for each length of the pieces. */
const results = (act: (step: number) => Promise<unknown>): Promise<[number, unknown][]> =>
  Promise.all(
    STEPS.map(async (step): Promise<[number, unknown]> => [
      step,
      await act(step).catch((error: Error) => error.message),
    ]),
  );

describe('decodeContentStream, for content in pieces of any length,', () => {
  it.each([0, 1, 2, 3, 4, 5, 100])('decodes %d bytes of base64', async (length) => {
    const text = bytes(length).toString('base64');
    expect(await results((step) => read(text, 'base64', step))).toEqual(onEveryStep(bytes(length)));
    expect(decodeContent(text, 'base64')).toEqual(bytes(length));
    const escaped = text.replaceAll('/', '\\/').replaceAll('+', '\\u002b');
    expect(await results((step) => read(escaped, 'base64', step))).toEqual(onEveryStep(bytes(length)));
  });

  it.each(['plain', '', 'é – 😀 \n\t"\\ \0', '\\u0041 not an escape', '\ufeffwith a byte order mark'])(
    'decodes the text %j',
    async (text) => {
      for (const json of [JSON.stringify(text), asciiOnly(text)]) {
        const decoded = results(async (step) => (await read(json.slice(1, -1), 'utf-8', step)).toString());
        expect(await decoded).toEqual(onEveryStep(text));
      }
    },
  );

  it.each<[string, string | Buffer, ContentEncoding, string]>([
    ['base64 without its padding', 'QQ', 'base64', 'multiple of 4'],
    ['incomplete base64', 'QUJDR', 'base64', 'multiple of 4'],
    ['base64 with padding in the middle', 'QQ==QUJD', 'base64', 'invalid characters'],
    ['base64 of the URL alphabet', 'Pz8-', 'base64', 'invalid characters'],
    ['base64 with letters that are valid only in their low byte', 'ŁŁŁŁQUJD', 'base64', 'invalid characters|multiple'],
    ['base64 with a space', 'QUJ QUJD', 'base64', 'invalid characters'],
    ['base64 with line ends', 'QUJD\\nQUJD', 'base64', 'invalid characters|multiple'],
    ['half of an escaped surrogate pair', 'x\\ud83dx', 'utf-8', 'half of a character'],
    ['half of a surrogate pair at the end', 'x\\ud83d', 'utf-8', 'half of a character'],
    ['bytes that are not UTF-8', Buffer.from([0x41, 0xff, 0x41]), 'utf-8', 'not a valid JSON string'],
    ['an incomplete character', Buffer.from([0x41, 0xc3]), 'utf-8', 'not a valid JSON string'],
    ['an incomplete escape', 'x\\u00', 'utf-8', 'not a valid JSON string'],
    ['an unknown escape', '\\q', 'utf-8', 'not a valid JSON string'],
    ['an escape without a number', '\\uzzzz and more', 'utf-8', 'not a valid JSON string'],
  ])('rejects %s', async (_case, encoded, encoding, message) => {
    for (const step of STEPS) await expect(read(encoded, encoding, step)).rejects.toThrow(new RegExp(message));
  });
});

/** JSON with escapes for non-ASCII characters, as Python writes it. */
const asciiOnly = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
