import { TokenCipher } from '../../../../src/fallback/sources/token-cipher.js';

const url = 'https://hub.example/under/path';
const cipher = new TokenCipher('a secret key of this hub');

describe('TokenCipher', () => {
  test.each(['hf_abc', '\u00fc \u00ff', 'x'.repeat(500)])('opens what it has sealed', (token) => {
    expect(cipher.decrypt(cipher.encrypt(token, url), url)).toBe(token);
  });

  test('a sealed token tells version and key, and nothing of the token', () => {
    const sealed = cipher.encrypt('hf_abc', url);
    expect(sealed).toMatch(/^v1:[0-9a-f]{8}:[\w-]{16}:[\w-]{22}:[\w-]+$/);
    expect(Buffer.from(sealed.split(':')[4] ?? '', 'base64url').toString('latin1')).not.toContain('hf_abc');
    expect(cipher.encrypt('hf_abc', url)).not.toBe(sealed);
  });

  test('two replicas with one secret read each other', () => {
    expect(new TokenCipher('a secret key of this hub').decrypt(cipher.encrypt('hf_abc', url), url)).toBe('hf_abc');
  });

  test.each<[string, (sealed: string) => string]>([
    ['a changed ciphertext', (sealed) => sealed.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a cut tag', (sealed) => sealed.replace(/:[\w-]{22}:/, ':AAAA:')],
    ['another version', (sealed) => sealed.replace('v1', 'v2')],
    ['a missing part', (sealed) => sealed.split(':').slice(0, 4).join(':')],
    ['a token in plain text', () => 'hf_abc'],
    ['nothing', () => ''],
  ])('%s does not decrypt', (_, spoil) => {
    expect(cipher.decrypt(spoil(cipher.encrypt('hf_abcdef', url)), url)).toBeUndefined();
  });

  test('another secret key does not decrypt it', () => {
    expect(new TokenCipher('another secret key').decrypt(cipher.encrypt('hf_abc', url), url)).toBeUndefined();
  });

  test('it opens for its own origin alone, whatever the path', () => {
    const sealed = cipher.encrypt('hf_abc', url);
    expect(cipher.decrypt(sealed, 'https://hub.example')).toBe('hf_abc');
    expect(cipher.decrypt(sealed, 'https://evil.example/under/path')).toBeUndefined();
    expect(cipher.decrypt(sealed, 'http://hub.example/under/path')).toBeUndefined();
  });
});
