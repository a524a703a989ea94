import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Any, DataSource, IsNull, LessThan, MoreThan } from 'typeorm';
import type { TokenRole } from '../domain/caller.js';
import { AccessTokenEntity } from './access-token.entity.js';

@Injectable()
export class AccessTokenStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async create(
    token: { accountId: number; name: string; role: TokenRole; hash: string },
    m = this.database.manager,
  ): Promise<AccessTokenEntity> {
    const { identifiers } = await m.insert(AccessTokenEntity, token);
    return m.findOneByOrFail(AccessTokenEntity, { id: identifiers[0]!['id'] as number });
  }

  /** Finds a token with its account; null if the token is unknown or has expired, or the account is disabled. */
  findByHash(hash: string, now: Date): Promise<AccessTokenEntity | null> {
    const account = { disabledAt: IsNull() };
    return this.database.manager.findOne(AccessTokenEntity, {
      where: [
        { hash, expiresAt: IsNull(), account },
        { hash, expiresAt: MoreThan(now), account },
        { previousHash: hash, previousExpiresAt: MoreThan(now), account },
      ],
      relations: { account: true },
    });
  }

  /** Whether there is a token with any of these hashes, also of a disabled account. */
  hasAny(hashes: readonly string[]): Promise<boolean> {
    const fields = ['hash', 'previousHash', 'refreshHash'] as const;
    return this.database.manager.existsBy(
      AccessTokenEntity,
      fields.map((field) => ({ [field]: Any(hashes) })),
    );
  }

  find(accountId: number, id: number): Promise<AccessTokenEntity | null> {
    return this.database.manager.findOneBy(AccessTokenEntity, { accountId, id });
  }

  /** Newest first. */
  listByAccount(accountId: number): Promise<AccessTokenEntity[]> {
    return this.database.manager.find(AccessTokenEntity, { where: { accountId }, order: { id: 'DESC' } });
  }

  /** @returns the name of the deleted token; undefined if the account has no such token */
  async delete(accountId: number, id: number, m = this.database.manager): Promise<string | undefined> {
    const [rows] = await m.query<[{ name: string }[], number]>(
      'DELETE FROM access_tokens WHERE account_id = $1 AND id = $2 RETURNING name',
      [accountId, id],
    );
    return rows[0]?.name;
  }

  /**
   * Records a use, unless one has been recorded since `unlessSince`: if several replicas receive the same token, only one of them writes.
   */
  async recordUse(id: number, at: Date, unlessSince: Date): Promise<void> {
    await this.database.manager.update(
      AccessTokenEntity,
      [
        { id, lastUsedAt: IsNull() },
        { id, lastUsedAt: LessThan(unlessSince) },
      ],
      { lastUsedAt: at },
    );
  }
}
