import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { SECRET_FIELDS, type SecretField } from '../../domain/source.js';
import { purposeOf } from './sealed-secrets.js';
import type { TokenCipher } from './token-cipher.js';

/** The result of a key rotation. */
export interface RotationResult {
  readonly reencrypted: number;
  /** Already encrypted with the new key, because the rotation was run before. */
  readonly already: number;
  /** Names of the sources whose credentials neither key can decrypt. They are not changed. */
  readonly unreadable: readonly string[];
}

/** Encrypts the credentials of all sources with another key, in one transaction. Can be repeated. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly database: DataSource,
    private readonly oldCipher: TokenCipher,
    private readonly newCipher: TokenCipher,
  ) {}

  rotate(): Promise<RotationResult> {
    return this.database.transaction((manager) => this.reencryptAll(manager));
  }

  private async reencryptAll(manager: EntityManager): Promise<RotationResult> {
    const rows = (await manager.query(
      `SELECT id, name, url, ${SECRET_FIELDS.map(columnOf).join(', ')} FROM fallback_sources ORDER BY id FOR UPDATE`,
    )) as StoredRow[];
    const counts = { reencrypted: 0, already: 0 };
    const unreadable = new Set<string>();
    for (const row of rows) {
      for (const field of SECRET_FIELDS) {
        const result = await this.reencrypt(manager, row, field);
        if (result === 'unreadable') unreadable.add(row.name);
        else if (result) counts[result]++;
      }
    }
    return { ...counts, unreadable: [...unreadable] };
  }

  private async reencrypt(
    manager: EntityManager,
    row: StoredRow,
    field: SecretField,
  ): Promise<'reencrypted' | 'already' | 'unreadable' | undefined> {
    const sealed = row[columnOf(field)];
    if (sealed === null) return undefined;
    if (this.newCipher.decrypt(sealed, row.url, purposeOf(field)) !== undefined) return 'already';
    const secret = this.oldCipher.decrypt(sealed, row.url, purposeOf(field));
    if (secret === undefined) return 'unreadable';
    await manager.query(`UPDATE fallback_sources SET ${columnOf(field)} = $1 WHERE id = $2`, [
      this.newCipher.encrypt(secret, row.url, purposeOf(field)),
      row.id,
    ]);
    return 'reencrypted';
  }
}

type SecretColumn = `${SecretField}_cipher`;
type StoredRow = { id: number; name: string; url: string } & Record<SecretColumn, string | null>;

const columnOf = (field: SecretField): SecretColumn => `${field}_cipher`;
