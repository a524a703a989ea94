import type { DataSource } from 'typeorm';
import { KeyRotation } from '../../../src/fallback/sources/key-rotation.service.js';
import { TokenCipher } from '../../../src/fallback/sources/token-cipher.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const URL_OF_ALL = 'https://hub.example.com';
const [old, fresh, strange] = ['the-old-key-0123456789', 'the-new-key-0123456789', 'a-strange-key-0123456789'].map(
  (key) => new TokenCipher(key),
) as [TokenCipher, TokenCipher, TokenCipher];

describeOnEveryDatabase.inFullRuns('key rotation', (newDatabase) => {
  let database: DataSource;
  const sealed = async (): Promise<(string | null)[]> =>
    ((await database.query('SELECT token_cipher FROM fallback_sources ORDER BY id')) as { token_cipher: string }[]).map(
      (row) => row.token_cipher,
    );
  const store = (name: string, token: string | null): Promise<unknown> =>
    database.query(
      `INSERT INTO fallback_sources (name, url, source_type, token_cipher) VALUES ($1, $2, 'huggingface', $3)`,
      [name, URL_OF_ALL, token],
    );
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
    await store('one', old.encrypt('hf_one', URL_OF_ALL));
    await store('none', null);
    await store('strange', strange.encrypt('hf_strange', URL_OF_ALL));
    await store('two', old.encrypt('hf_two', URL_OF_ALL));
  });

  it('that fails half-way leaves every token under the old key', async () => {
    const before = await sealed();
    let seals = 0;
    const failing = Object.assign(new TokenCipher('the-new-key-0123456789'), {
      encrypt: (token: string, url: string): string => {
        if (++seals === 2) throw new Error('cut off');
        return fresh.encrypt(token, url);
      },
    });
    await expect(new KeyRotation(database, old, failing).rotate()).rejects.toThrow('cut off');
    expect(await sealed()).toEqual(before);
  });

  it('seals each token anew, leaves what it cannot read, and may be done again', async () => {
    const rotation = new KeyRotation(database, old, fresh);
    expect(await rotation.rotate()).toEqual({ reencrypted: 2, already: 0, unreadable: ['strange'] });
    const after = await sealed();
    const read = (cipher: TokenCipher): unknown[] => after.map((one) => one && cipher.decrypt(one, URL_OF_ALL));
    expect(read(fresh)).toEqual(['hf_one', null, undefined, 'hf_two']);
    expect(read(old)).toEqual([undefined, null, undefined, undefined]);
    expect(read(strange)[2]).toBe('hf_strange');
    expect(await rotation.rotate()).toEqual({ reencrypted: 0, already: 2, unreadable: ['strange'] });
    expect(await sealed()).toEqual(after);
  });
});
