import { describe, expect, it } from '@jest/globals';
import { externalAvatars, localAvatars } from '../../../../src/users/api/avatar-urls.js';
import { urlsOf } from '../../../support/urls-of.js';

describe('avatar URLs', () => {
  const base = 'https://hub.example/sub';
  it.each([
    [{ kind: 'user', name: 'Ann', avatarSha256: 'a'.repeat(64) }, `${base}/api/users/Ann/avatar?v=aaaaaaaaaaaa`],
    [
      { kind: 'organization', name: 'o', avatarSha256: 'b'.repeat(64) },
      `${base}/api/organizations/o/avatar?v=bbbbbbbbbbbb`,
    ],
    [{ kind: 'user', name: 'Ann', avatarSha256: null }, ''],
    [{ kind: 'user', name: 'Ann' }, ''],
  ] as const)('local accounts have URLs with a version, or empty ones without an avatar: %j', (account, url) => {
    expect(localAvatars(urlsOf(base))(account)).toBe(url);
  });

  it('external accounts have URLs on this hub', () => {
    expect(externalAvatars(urlsOf(base))({ kind: 'user', name: 'Ann' })).toBe(`${base}/api/users/Ann/avatar`);
  });
});
