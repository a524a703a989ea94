import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { TokenCipher } from './token-cipher.js';

/** The result of a key rotation. */
export interface RotationResult {
  readonly reencrypted: number;
  /** Already encrypted with the new key, because the rotation was run before. */
  readonly already: number;
  /** Names of the sources whose tokens neither key can decrypt. Their tokens are not changed. */
  readonly unreadable: readonly string[];
}

/** Encrypts the tokens of all sources with another key, in one transaction. Can be repeated. */
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
      'SELECT id, name, url, token_cipher FROM fallback_sources WHERE token_cipher IS NOT NULL ORDER BY id FOR UPDATE',
    )) as { id: number; name: string; url: string; token_cipher: string }[];
    const already = rows.filter((row) => this.newCipher.decrypt(row.token_cipher, row.url) !== undefined);
    const unreadable: string[] = [];
    for (const row of rows) {
      if (already.includes(row)) continue;
      const token = this.oldCipher.decrypt(row.token_cipher, row.url);
      if (token === undefined) unreadable.push(row.name);
      else
        await manager.query('UPDATE fallback_sources SET token_cipher = $1 WHERE id = $2', [
          this.newCipher.encrypt(token, row.url),
          row.id,
        ]);
    }
    return { reencrypted: rows.length - already.length - unreadable.length, already: already.length, unreadable };
  }
}
