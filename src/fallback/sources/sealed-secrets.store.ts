import type { DataSource, EntityManager } from 'typeorm';
import type { SecretField } from '../../domain/source.js';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import type { SecretKeys } from '../../platform/identity/secret-keys.js';
import { findStoredSecrets, type StoredSecret } from './stored-secrets.store.js';
import { TokenCipher } from './token-cipher.js';

/** Credentials of a source, by the names of their fields. */
export interface UnreadableCredentials {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly fields: readonly SecretField[];
}

/** How the stored credentials of sources, secrets of webhooks and ID tokens of sessions are encrypted. */
export interface SealReport {
  /** The keys of this hub in their order, with the number of credentials that each of them encrypts. */
  readonly keys: readonly { readonly id: string; readonly inUse: boolean; readonly credentials: number }[];
  /** Credentials of sources that none of the keys can decrypt. */
  readonly unreadable: readonly UnreadableCredentials[];
}

/** The result of a key rotation. */
export interface RotationResult {
  /** Number of credentials that were encrypted with the first key. */
  readonly reencrypted: number;
  /** The state after it. */
  readonly report: SealReport;
}

/** Encrypts all stored secrets with the first secret key. */
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
    for (const secret of await findStoredSecrets(manager, 'FOR UPDATE'))
      if (await this.reencrypt(manager, secret)) count++;
    return count;
  }

  private async reencrypt(manager: EntityManager, secret: StoredSecret): Promise<boolean> {
    const { table, column, id, url, purpose, sealed } = secret;
    const { first } = this.keys;
    if (this.cipher.isEncryptedWith(sealed, first)) return false;
    const text = this.open(secret);
    if (text === undefined) return false;
    const encrypted = this.cipher.encrypt(text, url, purpose, first);
    await manager.query(`UPDATE ${table} SET ${column} = $1 WHERE id = $2`, [encrypted, id]);
    return true;
  }

  private async reportFrom(manager: EntityManager): Promise<SealReport> {
    const counts = new Map(this.keys.all.map(({ id }) => [id, 0]));
    const unreadable = new Map<number, UnreadableCredentials>();
    for (const secret of await findStoredSecrets(manager)) {
      const key = this.keys.all.find((candidate) => this.cipher.isEncryptedWith(secret.sealed, candidate));
      if (this.open(secret) === undefined) addUnreadable(unreadable, secret);
      else if (key) counts.set(key.id, counts.get(key.id)! + 1);
    }
    const keys = this.keys.all
      .map(({ id, isList }) => ({ id, isList, inUse: false, credentials: counts.get(id)! }))
      .filter(({ isList, credentials }) => !isList || credentials > 0)
      .map(({ isList: _, ...key }) => key);
    return this.withKeyInUse({ keys, unreadable: [...unreadable.values()] });
  }

  private open({ sealed, url, purpose }: StoredSecret): string | undefined {
    return this.cipher.decrypt(sealed, url, purpose);
  }

  private withKeyInUse({ keys, unreadable }: SealReport): SealReport {
    return { keys: keys.map((key) => ({ ...key, inUse: key.id === this.keys.inUse.id })), unreadable };
  }
}

function addUnreadable(found: Map<number, UnreadableCredentials>, { source }: StoredSecret): void {
  if (!source) return; // the delivery log of a webhook reports it
  const { field, ...facts } = source;
  found.set(source.id, { ...facts, fields: [...(found.get(source.id)?.fields ?? []), field] });
}
