import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Any, DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import type { AccountKind } from '../domain/account.js';
import { HubError } from '../domain/hub-error.js';
import type { NameState } from '../domain/name-check.js';
import { lookupName } from '../domain/lookup-key.js';
import { partQuery } from '../domain/search-words.js';
import type { NameCheckColumns } from '../fallback/guard/name-check.entity.js';
import { AccountEntity } from './account.entity.js';
import { MembershipEntity } from './membership.entity.js';
import { lockOrganizations } from './membership.store.js';

export interface NewAccount {
  readonly kind: AccountKind;
  readonly name: string;
  readonly fullName: string;
  readonly email?: string | null;
  readonly bio?: string;
  readonly passwordHash?: string;
  /** The organization of a service account. */
  readonly serviceOf?: number;
  /** Defaults to a name that was not checked. */
  readonly nameCheck?: NameCheckColumns;
}

/** A partial update; omitted fields stay unchanged. */
export type AccountChanges = Partial<
  Pick<
    AccountEntity,
    'fullName' | 'email' | 'bio' | 'website' | 'socialMedia' | 'reserved' | 'quotaBytes' | 'quotaRepositories'
  > & { disabled: boolean }
>;

export interface AccountFilter {
  readonly kind?: AccountKind;
  /** Part of the name or full name, case-insensitive. */
  readonly search?: string;
  readonly nameState?: NameState;
  /** Whether disabled accounts are left out. */
  readonly active?: boolean;
  readonly limit: number;
  /** Return accounts whose name sorts after this one. */
  readonly after?: string;
}

/** Names with other characters cannot exist, and PostgreSQL rejects some of them (NUL). */
const ACCOUNT_NAME_PATTERN = /^[\w.-]{1,96}$/;

const escapeLikePattern = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

@Injectable()
export class AccountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(name: string): Promise<AccountEntity | null> {
    if (!ACCOUNT_NAME_PATTERN.test(name)) return null;
    return this.database.manager.findOneBy(AccountEntity, { lookupName: lookupName(name) });
  }

  /** @param m - the transaction to run in, if any */
  async byId(id: number, m: EntityManager = this.database.manager): Promise<AccountEntity | null> {
    return m.findOneBy(AccountEntity, { id });
  }

  async byIds(ids: readonly number[]): Promise<ReadonlyMap<number, AccountEntity>> {
    const accounts = await this.database.manager.findBy(AccountEntity, { id: Any([...ids]) });
    return new Map(accounts.map((account) => [account.id, account]));
  }

  /**
   * @param m - the transaction to run in, if any
   * @throws HubError `Conflict` if a user or organization already has this name (case-insensitive)
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
    if (!row) throw nameTaken(account.name);
    return m.findOneByOrFail(AccountEntity, { id: row.id });
  }

  /** @returns the changed account, or null if it was deleted in the meantime */
  async change(
    id: number,
    { disabled, ...changes }: AccountChanges,
    m = this.database.manager,
  ): Promise<AccountEntity | null> {
    const disabledAt = disabled ? () => 'coalesce(disabled_at, now())' : null;
    const columns = { ...changes, ...(disabled === undefined ? {} : { disabledAt }) };
    if (Object.values(columns).some((value) => value !== undefined)) await m.update(AccountEntity, { id }, columns);
    return this.byId(id, m);
  }

  /** Ordered by name. */
  list({ kind, search, nameState, active, limit, after }: AccountFilter): Promise<AccountEntity[]> {
    const query = this.database.manager.createQueryBuilder(AccountEntity, 'a').orderBy('a.lookupName').limit(limit);
    if (kind) query.andWhere('a.kind = :kind', { kind });
    if (nameState) query.andWhere('a.nameCheck.state = :nameState', { nameState });
    if (active) query.andWhere('a.disabledAt IS NULL');
    if (after !== undefined) query.andWhere('a.lookupName > :after', { after: lookupName(after) });
    const terms = partQuery(search ?? '');
    if (terms !== undefined) query.andWhere('a.words @@ CAST(:terms AS tsquery)', { terms });
    if (search)
      query.andWhere('(a.lookupName LIKE :part OR lower(a.fullName) LIKE :part)', {
        part: `%${escapeLikePattern(search.toLowerCase())}%`,
      });
    return query.getMany();
  }

  /** Returns the names that accounts have, in lower case. */
  async existingNames(names: readonly string[]): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set();
    const lookupNames = names.filter((name) => ACCOUNT_NAME_PATTERN.test(name)).map(lookupName);
    const rows = await this.database.manager.query<{ name: string }[]>(
      'SELECT lookup_name AS name FROM accounts WHERE lookup_name = ANY($1)',
      [lookupNames],
    );
    return new Set(rows.map(({ name }) => name));
  }

  /** Changes whenever an account is created or deleted. */
  async namesVersion(): Promise<string> {
    const [row] = await this.database.manager.query<{ version: string }[]>(
      `SELECT concat(count(*), ':', max(id)) AS version FROM accounts`,
    );
    return row!.version;
  }

  /** The names of all accounts, in lower case. */
  async allNames(): Promise<string[]> {
    const rows = await this.database.manager.query<{ name: string }[]>('SELECT lookup_name AS name FROM accounts');
    return rows.map(({ name }) => name);
  }

  /** Reserved names, in lower case. */
  async reservedNames(): Promise<string[]> {
    const rows = await this.database.manager.query<{ name: string }[]>(
      'SELECT lookup_name AS name FROM accounts WHERE reserved',
    );
    return rows.map(({ name }) => name);
  }

  /**
   * Deletes an account with its memberships, tokens, sessions and avatar.
   * @throws HubError `Conflict` if it owns repositories or is the only admin of an organization
   */
  async delete({ id, name }: AccountEntity, outer = this.database.manager): Promise<void> {
    try {
      await outer.transaction(async (m) => {
        const organization = await findOrganizationWithoutOtherAdmin(m, id);
        if (organization !== undefined)
          throw new HubError(
            'Conflict',
            `"${name}" is the only admin of "${organization}". Make another member an admin first.`,
          );
        await m.delete(AccountEntity, { id });
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new HubError('Conflict', `"${name}" owns repositories. Delete or transfer them first.`, { cause: error });
    }
  }
}

export const nameTaken = (name: string): HubError => new HubError('Conflict', `The name "${name}" is already taken`);

/** PostgreSQL error code for deleting a row that other rows reference. */
const FOREIGN_KEY_VIOLATION = '23503';

const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === FOREIGN_KEY_VIOLATION;

/**
 * Finds an organization in which this user is the only admin. Locks the user's organizations, so that their admins cannot change until the
 * transaction ends.
 */
async function findOrganizationWithoutOtherAdmin(m: EntityManager, userId: number): Promise<string | undefined> {
  const account = await m.findOneBy(AccountEntity, { id: userId });
  if (account === null || account.serviceOf !== null) return undefined; // organizations are administered by people
  const memberships = await m.findBy(MembershipEntity, { userId, role: 'admin' });
  const ids = memberships.map(({ organizationId }) => organizationId);
  await lockOrganizations(m, ids);
  const [organization] = await m.query<{ name: string }[]>(
    `SELECT a.name FROM accounts a WHERE a.id = ANY($1) AND NOT EXISTS (
       SELECT 1 FROM memberships m JOIN accounts u ON u.id = m.user_id
       WHERE m.organization_id = a.id AND m.role = 'admin' AND m.user_id <> $2 AND u.service_of IS NULL)
     ORDER BY a.lookup_name LIMIT 1`,
    [ids, userId],
  );
  return organization?.name;
}
