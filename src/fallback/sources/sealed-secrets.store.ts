import type { DataSource, EntityManager } from 'typeorm';
import { SECRET_FIELDS, type SecretField } from '../../domain/source.js';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import type { SecretKeys } from '../../platform/identity/secret-keys.js';
import { purposeOf } from './sealed-secrets.js';
import { TokenCipher } from './token-cipher.js';

/** Credentials of a source, by the names of their fields. */
export interface UnreadableCredentials {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly fields: readonly SecretField[];
}

/** How the stored credentials of all sources are encrypted. */
export interface SealReport {
  /** The keys of this hub in their order, with the number of credentials that each of them encrypts. */
  readonly keys: readonly { readonly id: string; readonly inUse: boolean; readonly credentials: number }[];
  /** Credentials that none of the keys can decrypt. */
  readonly unreadable: readonly UnreadableCredentials[];
}

/** The result of a key rotation. */
export interface RotationResult {
  /** Number of credentials that were encrypted with the first key. */
  readonly reencrypted: number;
  /** The state after it. */
  readonly report: SealReport;
}

/** Encrypts the credentials of all sources with the first secret key. */
export class SealedSecretsStore {
  private readonly cipher: TokenCipher;

  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
  ) {
    this.cipher = new TokenCipher(keys);
  }

  /** Reports which key encrypts how many credentials, and which credentials cannot be decrypted. Changes nothing. */
  report(): Promise<SealReport> {
    return this.reportFrom(this.database.manager);
  }

  /** Encrypts everything with the first key, in one transaction, and uses it from then on. Can be repeated. */
  async rotate(): Promise<RotationResult> {
    const result = await this.database.transaction(async (manager) => {
      const reencrypted = await this.reencryptAll(manager);
      await this.keys.storeFirst(new HubSettings(manager));
      return { reencrypted, report: await this.reportFrom(manager) };
    });
    await this.keys.refresh();
    return { ...result, report: this.withKeyInUse(result.report) };
  }

  private async reencryptAll(manager: EntityManager): Promise<number> {
    let count = 0;
    for (const row of await storedRows(manager, 'FOR UPDATE'))
      for (const field of SECRET_FIELDS) if (await this.reencrypt(manager, row, field)) count++;
    return count;
  }

  private async reencrypt(manager: EntityManager, row: StoredRow, field: SecretField): Promise<boolean> {
    const { first } = this.keys;
    const sealed = row[columnOf(field)];
    if (sealed === null || this.cipher.isEncryptedWith(sealed, first)) return false;
    const secret = this.cipher.decrypt(sealed, row.url, purposeOf(field));
    if (secret === undefined) return false;
    const purpose = purposeOf(field);
    await manager.query(`UPDATE fallback_sources SET ${columnOf(field)} = $1 WHERE id = $2`, [
      this.cipher.encrypt(secret, row.url, purpose, first),
      row.id,
    ]);
    return true;
  }

  private async reportFrom(manager: EntityManager): Promise<SealReport> {
    const counts = new Map(this.keys.all.map(({ id }) => [id, 0]));
    const unreadable: UnreadableCredentials[] = [];
    for (const row of await storedRows(manager)) {
      const fields = SECRET_FIELDS.filter((field) => row[columnOf(field)] !== null);
      const closed = fields.filter(
        (field) => this.cipher.decrypt(row[columnOf(field)]!, row.url, purposeOf(field)) === undefined,
      );
      for (const field of fields.filter((field) => !closed.includes(field))) {
        const key = this.keys.all.find((candidate) => this.cipher.isEncryptedWith(row[columnOf(field)]!, candidate));
        if (key) counts.set(key.id, counts.get(key.id)! + 1);
      }
      const { id, name, namespace } = row;
      if (closed.length > 0) unreadable.push({ id, name, namespace, fields: closed });
    }
    const keys = this.keys.all
      .map(({ id, isList }) => ({ id, isList, inUse: false, credentials: counts.get(id)! }))
      .filter(({ isList, credentials }) => !isList || credentials > 0)
      .map(({ isList: _, ...key }) => key);
    return this.withKeyInUse({ keys, unreadable });
  }

  private withKeyInUse({ keys, unreadable }: SealReport): SealReport {
    return { keys: keys.map((key) => ({ ...key, inUse: key.id === this.keys.inUse.id })), unreadable };
  }
}

type SecretColumn = `${SecretField}_cipher`;
type StoredRow = { id: number; name: string; namespace: string; url: string } & Record<SecretColumn, string | null>;

const columnOf = (field: SecretField): SecretColumn => `${field}_cipher`;

const storedRows = (manager: EntityManager, lock = ''): Promise<StoredRow[]> =>
  manager.query<StoredRow[]>(
    `SELECT id, name, namespace, url, ${SECRET_FIELDS.map(columnOf).join(', ')} FROM fallback_sources ORDER BY id ${lock}`,
  );
