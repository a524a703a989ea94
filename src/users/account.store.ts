import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import type { AccountKind } from '../domain/account.js';
import { HubError } from '../domain/hub-error.js';
import { lookupName } from '../domain/lookup-key.js';
import { AccountEntity } from './account.entity.js';
import { MembershipEntity } from './membership.entity.js';
import { lockOrganizations } from './membership.store.js';

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
  Pick<AccountEntity, 'fullName' | 'email' | 'bio' | 'website' | 'socialMedia' | 'reserved'> & { disabled: boolean }
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
const ACCOUNT_NAME_PATTERN = /^[\w.-]{1,96}$/;

const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Accounts as they lie in the database. */
@Injectable()
export class AccountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(name: string): Promise<AccountEntity | null> {
    if (!ACCOUNT_NAME_PATTERN.test(name)) return null;
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
  async change(id: number, { disabled, ...changes }: AccountChanges): Promise<AccountEntity | null> {
    const since = disabled ? () => 'coalesce(disabled_at, now())' : null;
    const all = { ...changes, ...(disabled === undefined ? {} : { disabledAt: since }) };
    if (Object.values(all).some((value) => value !== undefined))
      await this.database.manager.update(AccountEntity, { id }, all);
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

  /** The names that are ours alone, in lower case. */
  async reservedNames(): Promise<string[]> {
    const rows = await this.database.manager.query<{ name: string }[]>(
      'SELECT lookup_name AS name FROM accounts WHERE reserved',
    );
    return rows.map(({ name }) => name);
  }

  /**
   * With its memberships, tokens, sessions and picture.
   * @throws HubError `Conflict` for the owner of repositories, and for the only admin of an organization
   */
  async delete({ id, name }: AccountEntity): Promise<void> {
    try {
      await this.database.transaction(async (m) => {
        const orphan = await organizationOnlyOf(m, id);
        if (orphan !== undefined)
          throw new HubError('Conflict', `"${name}" is the only admin of "${orphan}": make somebody else admin first`);
        await m.delete(AccountEntity, { id });
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new HubError('Conflict', `"${name}" owns repositories: delete or move them first`, { cause: error });
    }
  }
}

/** PostgreSQL's code for a row that others point to. */
const FOREIGN_KEY_VIOLATION = '23503';

const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === FOREIGN_KEY_VIOLATION;

/** The name of an organization that has this user for its only admin, if there is one. None gets or loses an admin meanwhile. */
async function organizationOnlyOf(m: EntityManager, userId: number): Promise<string | undefined> {
  const places = await m.findBy(MembershipEntity, { userId, role: 'admin' });
  const ids = places.map(({ organizationId }) => organizationId);
  await lockOrganizations(m, ids);
  const [found] = await m.query<{ name: string }[]>(
    `SELECT a.name FROM accounts a WHERE a.id = ANY($1) AND NOT EXISTS (
       SELECT 1 FROM memberships m WHERE m.organization_id = a.id AND m.role = 'admin' AND m.user_id <> $2)
     ORDER BY a.lookup_name LIMIT 1`,
    [ids, userId],
  );
  return found?.name;
}
