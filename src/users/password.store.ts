import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, Not } from 'typeorm';
import { AccountEntity } from './account.entity.js';
import { SessionEntity } from './session.entity.js';

export interface PasswordUpdate {
  readonly accountId: number;
  readonly hash: string;
  /** Only replace the hash if it still has this value; otherwise replace any. */
  readonly currentHash?: string;
  /** The session to keep; all others of the account are deleted. */
  readonly keepSessionId?: number;
}

/** Password hashes. No other class reads this column. */
@Injectable()
export class PasswordStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The hash; `undefined` if the account does not exist or has no password. */
  async findHash(accountId: number): Promise<string | undefined> {
    const account = await this.database.manager.findOne(AccountEntity, {
      where: { id: accountId },
      select: { id: true, passwordHash: true },
    });
    return account?.passwordHash ?? undefined;
  }

  /**
   * Stores the hash and deletes the other sessions in one transaction.
   * @returns false if the account does not exist or its hash is not `currentHash`
   */
  async replace(
    { accountId, hash, currentHash, keepSessionId }: PasswordUpdate,
    outer = this.database.manager,
  ): Promise<boolean> {
    return outer.transaction(async (m) => {
      const where = { id: accountId, ...(currentHash === undefined ? {} : { passwordHash: currentHash }) };
      const { affected } = await m.update(AccountEntity, where, { passwordHash: hash });
      if (affected !== 1) return false;
      await m.delete(SessionEntity, {
        accountId,
        id: keepSessionId === undefined ? Not(IsNull()) : Not(keepSessionId),
      });
      return true;
    });
  }
}
