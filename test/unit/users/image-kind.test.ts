import { describe, expect, it } from '@jest/globals';
import { imageKind } from '../../../src/users/image-kind.js';

describe('imageKind', () => {
  it.each([
    ['png', '\x89PNG\r\n\x1a\nrest'],
    ['jpeg', '\xff\xd8\xff\xe0rest'],
    ['gif', 'GIF87a'],
    ['gif', 'GIF89a;'],
    ['webp', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
    [undefined, 'RIFF\x10\x00\x00\x00WAVEfmt '],
    [undefined, 'RIFF\x10\x00'],
    [undefined, '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    [undefined, ' GIF89a'],
    [undefined, '\x89PNG'],
    [undefined, ''],
  ])('returns %s for %j', (kind, text) => {
    expect(imageKind(Buffer.from(text, 'latin1'))).toBe(kind);
  });
});
