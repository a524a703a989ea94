import { SecretKeys } from '../../../../src/platform/identity/secret-keys.js';
import { TokenCipher } from '../../../../src/fallback/sources/token-cipher.js';

const url = 'https://hub.example/under/path';
const cipher = new TokenCipher(new SecretKeys(['a secret key of this hub']));

describe('TokenCipher', () => {
  test.each(['hf_abc', '\u00fc \u00ff', 'x'.repeat(500)])('decrypts an encrypted token: %j', (token) => {
    expect(cipher.decrypt(cipher.encrypt(token, url), url)).toBe(token);
  });

  test('an encrypted token contains version and key ID, but not the token', () => {
    const encrypted = cipher.encrypt('hf_abc', url);
    expect(encrypted).toMatch(/^v1:[0-9a-f]{8}:[\w-]{16}:[\w-]{22}:[\w-]+$/);
    expect(Buffer.from(encrypted.split(':')[4] ?? '', 'base64url').toString('latin1')).not.toContain('hf_abc');
    expect(cipher.encrypt('hf_abc', url)).not.toBe(encrypted);
  });

  test('replicas with equal secret keys decrypt each other’s tokens', () => {
    expect(
      new TokenCipher(new SecretKeys(['a secret key of this hub'])).decrypt(cipher.encrypt('hf_abc', url), url),
    ).toBe('hf_abc');
  });

  test.each<[string, (encrypted: string) => string]>([
    ['a changed ciphertext', (encrypted) => encrypted.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a short authentication tag', (encrypted) => encrypted.replace(/:[\w-]{22}:/, ':AAAA:')],
    ['another version', (encrypted) => encrypted.replace('v1', 'v2')],
    ['a missing part', (encrypted) => encrypted.split(':').slice(0, 4).join(':')],
    ['a token in plain text', () => 'hf_abc'],
    ['an empty string', () => ''],
  ])('%s does not decrypt', (_, change) => {
    expect(cipher.decrypt(change(cipher.encrypt('hf_abcdef', url)), url)).toBeUndefined();
  });

  test('another secret key does not decrypt a token', () => {
    expect(
      new TokenCipher(new SecretKeys(['another secret key'])).decrypt(cipher.encrypt('hf_abc', url), url),
    ).toBeUndefined();
  });

  test('a token is decrypted only for its origin, with any path', () => {
    const encrypted = cipher.encrypt('hf_abc', url);
    expect(cipher.decrypt(encrypted, 'https://hub.example')).toBe('hf_abc');
    expect(cipher.decrypt(encrypted, 'https://evil.example/under/path')).toBeUndefined();
    expect(cipher.decrypt(encrypted, 'http://hub.example/under/path')).toBeUndefined();
  });
});
