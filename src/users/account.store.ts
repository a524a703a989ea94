import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../hub/language/hub-error.js';
import { lookupName } from '../hub/rules/lookup-key.js';
import { AccountEntity, type AccountKind } from './account.entity.js';
import { MembershipEntity, type MemberRole } from './membership.entity.js';

/** What an account begins with. */
export interface NewAccount {
  readonly kind: AccountKind;
  readonly name: string;
  readonly fullName: string;
}

/** Accounts and memberships as they lie in the database. */
@Injectable()
export class AccountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find(name: string): Promise<AccountEntity | null> {
    return this.database.manager.findOneBy(AccountEntity, { lookupName: lookupName(name) });
  }

  /** @throws HubError `Conflict` when a user or organization has this name, in whatever case */
  async create(account: NewAccount): Promise<AccountEntity> {
    const inserted = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(AccountEntity)
      .values({ ...account, lookupName: lookupName(account.name) })
      .orIgnore()
      .returning('id')
      .execute();
    const [row] = inserted.raw as { id: number }[];
    if (!row) throw new HubError('Conflict', `The name "${account.name}" is taken`);
    return this.database.manager.findOneByOrFail(AccountEntity, { id: row.id });
  }

  async setRole(organizationId: number, userId: number, role: MemberRole): Promise<void> {
    await this.database.manager.upsert(MembershipEntity, { organizationId, userId, role }, [
      'organizationId',
      'userId',
    ]);
  }

  /** The user's role in the organization, if any. */
  async roleIn(organizationId: number, userId: number): Promise<MemberRole | undefined> {
    const membership = await this.database.manager.findOneBy(MembershipEntity, { organizationId, userId });
    return membership?.role;
  }
}
