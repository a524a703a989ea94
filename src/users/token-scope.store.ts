import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { AccountKind } from '../domain/account.js';
import type { TokenScopes } from '../domain/caller.js';
import type { Permission } from '../domain/permissions.js';
import type { RepoType } from '../domain/repo-id.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import type { EntityScope } from './fine-grained.js';
import { TokenScopeEntity } from './token-scope.entity.js';

/** The permissions of a fine-grained token for one account or repository, by id. */
export type ScopeRow = Pick<TokenScopeEntity, 'accountId' | 'repositoryId' | 'permissions'>;

/** The permissions of a token for one entity, with the ids of the entity and of the account that it belongs to. */
export interface NamedScope extends EntityScope {
  readonly tokenId: number;
  readonly entityId: number;
  readonly ownerId: number;
}

interface NamedRow {
  readonly tokenId: number;
  readonly permissions: Permission[];
  readonly accountId: number | null;
  readonly kind: AccountKind;
  readonly account: string;
  readonly repositoryId: number | null;
  readonly type: RepoType;
  readonly repository: string;
  readonly ownerId: number;
}

/** Permissions of fine-grained tokens for accounts and repositories. */
@Injectable()
export class TokenScopeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param m - the transaction to run in */
  async add(tokenId: number, scopes: readonly ScopeRow[], m: EntityManager): Promise<void> {
    if (scopes.length > 0)
      await m.insert(
        TokenScopeEntity,
        scopes.map((scope) => ({ ...scope, tokenId })),
      );
  }

  /** The permissions of a fine-grained token. */
  async of({ id: tokenId, globalPermissions: global, canReadGatedRepos }: AccessTokenEntity): Promise<TokenScopes> {
    const rows = await this.database.manager.findBy(TokenScopeEntity, { tokenId });
    const accounts = new Map<number, readonly Permission[]>();
    const repositories = new Map<number, readonly Permission[]>();
    for (const { accountId, repositoryId, permissions } of rows) {
      if (accountId !== null) accounts.set(accountId, permissions);
      if (repositoryId !== null) repositories.set(repositoryId, permissions);
    }
    return { global, canReadGatedRepos, accounts, repositories };
  }

  /** The permissions of tokens, with the names of the entities. */
  async named(tokenIds: readonly number[]): Promise<NamedScope[]> {
    const rows = await this.database.manager.query<NamedRow[]>(
      `SELECT s.token_id AS "tokenId", s.permissions, s.account_id AS "accountId", a.kind, a.name AS account,
         s.repository_id AS "repositoryId", r.type, concat(r.namespace, '/', r.name) AS repository,
         coalesce(r.owner_id, a.id) AS "ownerId"
       FROM token_scopes s LEFT JOIN accounts a ON a.id = s.account_id LEFT JOIN repositories r ON r.id = s.repository_id
       WHERE s.token_id = ANY($1) ORDER BY s.id`,
      [tokenIds],
    );
    return rows.map(toNamed);
  }

  /**
   * Ids of repositories, by lookup key.
   * @param owners - accounts whose private repositories are included
   */
  async findRepositories(keys: readonly string[], owners: readonly number[]): Promise<ReadonlyMap<string, number>> {
    if (keys.length === 0) return new Map();
    const rows = await this.database.manager.query<{ id: number; key: string }[]>(
      `SELECT id, lookup_key AS key FROM repositories WHERE lookup_key = ANY($1) AND (NOT private OR owner_id = ANY($2))`,
      [keys, owners],
    );
    return new Map(rows.map(({ id, key }) => [key, id]));
  }
}

const toNamed = ({ tokenId, permissions, ownerId, accountId, kind, account, ...repo }: NamedRow): NamedScope => ({
  tokenId,
  permissions,
  ownerId,
  entityId: accountId ?? repo.repositoryId!,
  entity:
    accountId === null
      ? { type: repo.type, name: repo.repository }
      : { type: kind === 'organization' ? 'org' : 'user', name: account },
});
