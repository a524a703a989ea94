import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, Not } from 'typeorm';
import { AccountEntity } from './account.entity.js';
import { SessionEntity } from './session.entity.js';

/** A password's hash to be stored. */
export interface PasswordUpdate {
  readonly accountId: number;
  readonly hash: string;
  /** Only in place of this hash; absent: in place of any. */
  readonly instead?: string;
  /** The session that goes on; all others of the account end. */
  readonly keepSessionId?: number;
}

/** The hashes of passwords as they lie in the database. Nobody else reads that column. */
@Injectable()
export class PasswordStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Undefined where there is no such account, or it has no password. */
  async hashOf(accountId: number): Promise<string | undefined> {
    const found = await this.database.manager.findOne(AccountEntity, {
      where: { id: accountId },
      select: { id: true, passwordHash: true },
    });
    return found?.passwordHash ?? undefined;
  }

  /** Stores the hash and ends the account's other sessions, both or neither. Says whether it did. */
  async replace({ accountId, hash, instead, keepSessionId }: PasswordUpdate): Promise<boolean> {
    return this.database.transaction(async (m) => {
      const where = { id: accountId, ...(instead === undefined ? {} : { passwordHash: instead }) };
      const { affected } = await m.update(AccountEntity, where, { passwordHash: hash });
      if (affected !== 1) return false;
      await m.delete(SessionEntity, { accountId, id: keepSessionId === undefined ? Not(IsNull()) : Not(keepSessionId) });
      return true;
    });
  }
}
