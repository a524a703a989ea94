import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { AccessTokenEntity, type TokenRole } from './access-token.entity.js';

/** Access tokens as they lie in the database: by hash. */
@Injectable()
export class AccessTokenStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async create(token: { accountId: number; name: string; role: TokenRole; hash: string }): Promise<void> {
    await this.database.manager.insert(AccessTokenEntity, token);
  }

  /** With its account. */
  findByHash(hash: string): Promise<AccessTokenEntity | null> {
    return this.database.manager.findOne(AccessTokenEntity, { where: { hash }, relations: { account: true } });
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
