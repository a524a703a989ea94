import type { DataSource } from 'typeorm';
import { SealedSecretsStore } from '../../../src/fallback/sources/sealed-secrets.store.js';
import { TokenCipher } from '../../../src/fallback/sources/token-cipher.js';
import { HubSettings } from '../../../src/platform/identity/hub-settings.js';
import { SecretKeys } from '../../../src/platform/identity/secret-keys.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const SOURCE_URL = 'https://hub.example.com';
const [OLD, NEW, OTHER] = ['the-old-key-0123456789', 'the-new-key-0123456789', 'a-third-key-01234567890'];
const cipherWith = (key: string): TokenCipher => new TokenCipher(new SecretKeys([key]));
const [oldCipher, newCipher, otherCipher] = [cipherWith(OLD), cipherWith(NEW), cipherWith(OTHER)];

describeOnEveryDatabase.inFullRuns('key rotation', (newDatabase) => {
  let database: DataSource;
  const stored = async (column = 'token_cipher'): Promise<(string | null)[]> =>
    (await database.query<{ value: string }[]>(`SELECT ${column} AS value FROM fallback_sources ORDER BY id`)).map(
      ({ value }) => value,
    );
  const store = (name: string, token: string | null, headers: string | null = null): Promise<unknown> =>
    database.query(
      `INSERT INTO fallback_sources (name, url, source_type, token_cipher, headers_cipher)
       VALUES ($1, $2, 'huggingface', $3, $4)`,
      [name, SOURCE_URL, token, headers],
    );
  const open = (...keys: string[]): Promise<SecretKeys> => SecretKeys.open(keys, new HubSettings(database));
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
    await store('one', oldCipher.encrypt('hf_one', SOURCE_URL), oldCipher.encrypt('{}', SOURCE_URL, 'headers'));
    await store('none', null);
    await store('other', otherCipher.encrypt('hf_other', SOURCE_URL));
    await store('two', oldCipher.encrypt('hf_two', SOURCE_URL));
  });

  it('uses the key of the other replicas until the rotation', async () => {
    expect((await open(OLD)).inUse.id).toBe((await open(NEW, OLD)).inUse.id);
    expect(oldCipher.decrypt(new TokenCipher(await open(NEW, OLD)).encrypt('hf_x', SOURCE_URL), SOURCE_URL)).toBe(
      'hf_x',
    );
  });

  it('leaves everything unchanged if it fails midway', async () => {
    const keys = await open(NEW, OLD);
    const before = await stored();
    await database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF OLD.name = 'two' THEN RAISE 'refused'; END IF; RETURN NEW; END $$`,
    );
    await database.query(
      'CREATE TRIGGER refuse BEFORE UPDATE ON fallback_sources FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    await expect(new SealedSecretsStore(database, keys).rotate()).rejects.toThrow('refused');
    await database.query('DROP TRIGGER refuse ON fallback_sources');
    expect(await stored()).toEqual(before);
    expect(keys.inUse).not.toBe(keys.first);
  });

  it('encrypts all readable credentials with the first key, reports the others, and can be repeated', async () => {
    const keys = await open(NEW, OLD);
    const replica = await open(NEW, OLD);
    const unreadable = [expect.objectContaining({ name: 'other', fields: ['token'] })];
    const [newId, oldId] = keys.all.map(({ id }) => id) as [string, string];
    const sealed = new SealedSecretsStore(database, keys);
    expect(await sealed.report()).toEqual({
      keys: [
        { id: newId, inUse: false, credentials: 0 },
        { id: oldId, inUse: true, credentials: 3 },
      ],
      unreadable,
    });
    const report = {
      keys: [
        { id: newId, inUse: true, credentials: 3 },
        { id: oldId, inUse: false, credentials: 0 },
      ],
      unreadable,
    };
    expect(await sealed.rotate()).toEqual({ reencrypted: 3, report });
    const after = await stored();
    const read = (cipher: TokenCipher): unknown[] => after.map((token) => token && cipher.decrypt(token, SOURCE_URL));
    expect(read(newCipher)).toEqual(['hf_one', null, undefined, 'hf_two']);
    expect(read(oldCipher)).toEqual([undefined, null, undefined, undefined]);
    expect(newCipher.decrypt((await stored('headers_cipher'))[0]!, SOURCE_URL, 'headers')).toBe('{}');
    expect(await sealed.rotate()).toEqual({ reencrypted: 0, report });
    expect(await stored()).toEqual(after);

    expect(replica.inUse.id).toBe(oldId);
    await replica.refresh();
    expect([replica.inUse.id, (await open(NEW)).inUse.id]).toEqual([newId, newId]);
  });

  it('encrypts the secrets of webhooks and the ID tokens of sessions', async () => {
    const keys = await open(OTHER, NEW);
    const cipher = new TokenCipher(keys);
    const hook = 'https://ci.example.com/hook';
    await database.query(
      `INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('user', 'ann', 'ann', 'Ann')`,
    );
    const account = '(SELECT id FROM accounts)';
    await database.query(
      `INSERT INTO webhooks (account_id, url, secret, watched, domains) VALUES (${account}, $1, $2, '[]', '{repo}'), (${account}, $1, NULL, '[]', '{repo}')`,
      [hook, cipher.encrypt('hook-secret', hook, 'webhook')],
    );
    await database.query(
      `INSERT INTO identities (account_id, issuer, subject, label) VALUES (${account}, $1, 's', 'ann')`,
      [SOURCE_URL],
    );
    await database.query(
      `INSERT INTO sessions (account_id, identity_id, hash, expires_at, id_token)
       VALUES (${account}, (SELECT id FROM identities), 'h', now() + interval '1 day', $1)`,
      [cipher.encrypt('an-id-token', SOURCE_URL, 'id-token')],
    );
    const sealed = new SealedSecretsStore(database, keys);
    const { reencrypted, report } = await sealed.rotate();
    expect([reencrypted, report.keys.map(({ credentials }) => credentials)]).toEqual([5, [6, 0]]);
    const [{ secret }] = await database.query<[{ secret: string }]>('SELECT secret FROM webhooks ORDER BY id');
    const [{ token }] = await database.query<[{ token: string }]>('SELECT id_token AS token FROM sessions');
    expect(otherCipher.decrypt(secret, hook, 'webhook')).toBe('hook-secret');
    expect(otherCipher.decrypt(token, SOURCE_URL, 'id-token')).toBe('an-id-token');
  });
});
