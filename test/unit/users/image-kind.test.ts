import { describe, expect, it } from '@jest/globals';
import { avatarUrl } from '../../../src/users/api/avatar-urls.service.js';
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
  ])('is %s for %j', (kind, text) => {
    expect(imageKind(Buffer.from(text, 'latin1'))).toBe(kind);
  });
});

describe('avatarUrl', () => {
  const base = 'https://hub.example/sub';
  it.each([
    [{ kind: 'user', name: 'Ann', avatarSha256: 'a'.repeat(64) }, `${base}/api/users/Ann/avatar?v=aaaaaaaaaaaa`],
    [
      { kind: 'organization', name: 'o', avatarSha256: 'b'.repeat(64) },
      `${base}/api/organizations/o/avatar?v=bbbbbbbbbbbb`,
    ],
    [{ kind: 'user', name: 'Ann', avatarSha256: null }, ''],
    [{ kind: 'user', name: 'Ann' }, ''],
  ] as const)('of %j', (account, url) => {
    expect(avatarUrl(base, account)).toBe(url);
  });
});
