import { describe, expect, it } from '@jest/globals';
import { avatarUrl } from '../../../../src/users/api/avatar-urls.service.js';

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
  ] as const)('returns the versioned URL, or nothing without an avatar: %j', (account, url) => {
    expect(avatarUrl(base, account)).toBe(url);
  });
});
