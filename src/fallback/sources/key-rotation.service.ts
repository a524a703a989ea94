import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { TokenCipher } from './token-cipher.js';

/** What became of the stored tokens. */
export interface Rotated {
  readonly sealedAnew: number;
  /** Sealed under the new key before: the rotation was run already, or was cut off. */
  readonly already: number;
  /** Names of the sources whose tokens neither key opens; they are left as they are. */
  readonly unreadable: readonly string[];
}

/** Seals the tokens of sources under another key: all of them, or none. Doing it again is fine. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly database: DataSource,
    private readonly before: TokenCipher,
    private readonly after: TokenCipher,
  ) {}

  rotate(): Promise<Rotated> {
    return this.database.transaction((manager) => this.within(manager));
  }

  private async within(manager: EntityManager): Promise<Rotated> {
    const rows = (await manager.query(
      'SELECT id, name, url, token_cipher FROM fallback_sources WHERE token_cipher IS NOT NULL ORDER BY id FOR UPDATE',
    )) as { id: number; name: string; url: string; token_cipher: string }[];
    const already = rows.filter((row) => this.after.open(row.token_cipher, row.url) !== undefined);
    const unreadable: string[] = [];
    for (const row of rows) {
      if (already.includes(row)) continue;
      const token = this.before.open(row.token_cipher, row.url);
      if (token === undefined) unreadable.push(row.name);
      else
        await manager.query('UPDATE fallback_sources SET token_cipher = $1 WHERE id = $2', [
          this.after.seal(token, row.url),
          row.id,
        ]);
    }
    return { sealedAnew: rows.length - already.length - unreadable.length, already: already.length, unreadable };
  }
}
