import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { AccessTokenEntity, type TokenRole } from './access-token.entity.js';

/** Access tokens as they lie in the database: by hash. */
@Injectable()
export class AccessTokenStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async create(token: { accountId: number; name: string; role: TokenRole; hash: string }): Promise<AccessTokenEntity> {
    const { identifiers } = await this.database.manager.insert(AccessTokenEntity, token);
    return this.database.manager.findOneByOrFail(AccessTokenEntity, { id: identifiers[0]!['id'] as number });
  }

  /** With its account; null also where the account is disabled. */
  findByHash(hash: string): Promise<AccessTokenEntity | null> {
    return this.database.manager.findOne(AccessTokenEntity, {
      where: { hash, account: { disabledAt: IsNull() } },
      relations: { account: true },
    });
  }

  find(accountId: number, id: number): Promise<AccessTokenEntity | null> {
    return this.database.manager.findOneBy(AccessTokenEntity, { accountId, id });
  }

  /** The newest first. */
  listOf(accountId: number): Promise<AccessTokenEntity[]> {
    return this.database.manager.find(AccessTokenEntity, { where: { accountId }, order: { id: 'DESC' } });
  }

  /** Was there one of this account? */
  async delete(accountId: number, id: number): Promise<boolean> {
    const { affected } = await this.database.manager.delete(AccessTokenEntity, { accountId, id });
    return affected === 1;
  }

  /** Notes a use, unless one was noted after `notSince`: replicas that see the same token write once. */
  async noteUse(id: number, at: Date, notSince: Date): Promise<void> {
    await this.database.manager.update(
      AccessTokenEntity,
      [
        { id, lastUsedAt: IsNull() },
        { id, lastUsedAt: LessThan(notSince) },
      ],
      { lastUsedAt: at },
    );
  }
}
