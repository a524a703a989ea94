import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../hub/language/hub-error.js';
import { lookupName } from '../hub/rules/lookup-key.js';
import { AccountEntity, type AccountKind } from './account.entity.js';

/** What an account begins with. */
export interface NewAccount {
  readonly kind: AccountKind;
  readonly name: string;
  readonly fullName: string;
  readonly email?: string | null;
  readonly bio?: string;
  readonly passwordHash?: string;
}

/** What can be changed of an account; what is absent stays as it is. */
export type AccountChanges = Partial<
  Pick<AccountEntity, 'fullName' | 'email' | 'bio' | 'website' | 'socialMedia' | 'reserved' | 'disabledAt'>
>;

/** Which accounts to list. */
export interface AccountFilter {
  readonly kind?: AccountKind;
  /** Part of the name or full name, in whatever case. */
  readonly search?: string;
  readonly limit: number;
  /** Only those whose name comes after this one. */
  readonly after?: string;
}

/** No name has other characters; PostgreSQL would not even take some of them (NUL). */
const LOOKS_LIKE_A_NAME = /^[\w.-]{1,96}$/;

const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Accounts as they lie in the database. */
@Injectable()
export class AccountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(name: string): Promise<AccountEntity | null> {
    if (!LOOKS_LIKE_A_NAME.test(name)) return null;
    return this.database.manager.findOneBy(AccountEntity, { lookupName: lookupName(name) });
  }

  /** @param m the transaction in which something else is done with it */
  async byId(id: number, m: EntityManager = this.database.manager): Promise<AccountEntity | null> {
    return m.findOneBy(AccountEntity, { id });
  }

  /**
   * @param m the transaction in which something else is done with it
   * @throws HubError `Conflict` when a user or organization has this name, in whatever case
   */
  async create(account: NewAccount, m: EntityManager = this.database.manager): Promise<AccountEntity> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(AccountEntity)
      .values({ ...account, lookupName: lookupName(account.name) })
      .orIgnore()
      .returning('id')
      .execute();
    const [row] = inserted.raw as { id: number }[];
    if (!row) throw new HubError('Conflict', `The name "${account.name}" is taken`);
    return m.findOneByOrFail(AccountEntity, { id: row.id });
  }

  /** Undefined when it has gone meanwhile. */
  async change(id: number, changes: AccountChanges): Promise<AccountEntity | null> {
    if (Object.values(changes).some((value) => value !== undefined))
      await this.database.manager.update(AccountEntity, { id }, changes);
    return this.byId(id);
  }

  /** In the order of their names. */
  list({ kind, search, limit, after }: AccountFilter): Promise<AccountEntity[]> {
    const query = this.database.manager.createQueryBuilder(AccountEntity, 'a').orderBy('a.lookupName').limit(limit);
    if (kind) query.andWhere('a.kind = :kind', { kind });
    if (after !== undefined) query.andWhere('a.lookupName > :after', { after: lookupName(after) });
    if (search)
      query.andWhere('(a.lookupName LIKE :part OR lower(a.fullName) LIKE :part)', {
        part: `%${literally(search.toLowerCase())}%`,
      });
    return query.getMany();
  }
}
