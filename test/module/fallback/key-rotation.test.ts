import type { DataSource } from 'typeorm';
import { KeyRotation } from '../../../src/fallback/sources/key-rotation.service.js';
import { TokenCipher } from '../../../src/fallback/sources/token-cipher.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const SOURCE_URL = 'https://hub.example.com';
const [oldCipher, newCipher, otherCipher] = [
  'the-old-key-0123456789',
  'the-new-key-0123456789',
  'a-third-key-01234567890',
].map((key) => new TokenCipher(key)) as [TokenCipher, TokenCipher, TokenCipher];

describeOnEveryDatabase.inFullRuns('key rotation', (newDatabase) => {
  let database: DataSource;
  const storedTokens = async (): Promise<(string | null)[]> =>
    ((await database.query('SELECT token_cipher FROM fallback_sources ORDER BY id')) as { token_cipher: string }[]).map(
      (row) => row.token_cipher,
    );
  const store = (name: string, token: string | null): Promise<unknown> =>
    database.query(
      `INSERT INTO fallback_sources (name, url, source_type, token_cipher) VALUES ($1, $2, 'huggingface', $3)`,
      [name, SOURCE_URL, token],
    );
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
    await store('one', oldCipher.encrypt('hf_one', SOURCE_URL));
    await store('none', null);
    await store('other', otherCipher.encrypt('hf_other', SOURCE_URL));
    await store('two', oldCipher.encrypt('hf_two', SOURCE_URL));
  });

  it('keeps all tokens under the old key if it fails midway', async () => {
    const before = await storedTokens();
    let encryptions = 0;
    const failing = Object.assign(new TokenCipher('the-new-key-0123456789'), {
      encrypt: (token: string, url: string): string => {
        if (++encryptions === 2) throw new Error('encryption failed');
        return newCipher.encrypt(token, url);
      },
    });
    await expect(new KeyRotation(database, oldCipher, failing).rotate()).rejects.toThrow('encryption failed');
    expect(await storedTokens()).toEqual(before);
  });

  it('re-encrypts all readable tokens and can be repeated', async () => {
    const rotation = new KeyRotation(database, oldCipher, newCipher);
    expect(await rotation.rotate()).toEqual({ reencrypted: 2, already: 0, unreadable: ['other'] });
    const after = await storedTokens();
    const read = (cipher: TokenCipher): unknown[] => after.map((token) => token && cipher.decrypt(token, SOURCE_URL));
    expect(read(newCipher)).toEqual(['hf_one', null, undefined, 'hf_two']);
    expect(read(oldCipher)).toEqual([undefined, null, undefined, undefined]);
    expect(read(otherCipher)[2]).toBe('hf_other');
    expect(await rotation.rotate()).toEqual({ reencrypted: 0, already: 2, unreadable: ['other'] });
    expect(await storedTokens()).toEqual(after);
  });
});
