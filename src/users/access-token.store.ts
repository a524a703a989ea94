import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Any, DataSource, IsNull, MoreThan } from 'typeorm';
import type { TokenRole } from '../domain/caller.js';
import type { Permission } from '../domain/permissions.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { TokenScopeStore, type ScopeRow } from './token-scope.store.js';

/** A new access token. */
export interface NewToken {
  readonly accountId: number;
  readonly name: string;
  readonly role: TokenRole;
  /** Hex SHA-256 of the token. */
  readonly hash: string;
  readonly expiresAt?: Date | null;
  readonly globalPermissions?: Permission[];
  readonly canReadGatedRepos?: boolean;
  /** Permissions of a fine-grained token for entities. */
  readonly scopes?: readonly ScopeRow[];
}

/** A use of an access token. */
export interface TokenUse {
  readonly id: number;
  readonly at: Date;
  /** IP address of the client. */
  readonly address: string;
}

@Injectable()
export class AccessTokenStore {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly scopeStore: TokenScopeStore,
  ) {}

  async create({ scopes = [], ...token }: NewToken, outer = this.database.manager): Promise<AccessTokenEntity> {
    return outer.transaction(async (m) => {
      const { identifiers } = await m.insert(AccessTokenEntity, token);
      const id = identifiers[0]!['id'] as number;
      await this.scopeStore.add(id, scopes, m);
      return m.findOneByOrFail(AccessTokenEntity, { id });
    });
  }

  /**
   * Replaces the secret of a token that a user has created. The old one ends at once.
   * @returns the token, or null if the account has no such token
   */
  async rotate(
    { accountId, id }: Pick<AccessTokenEntity, 'accountId' | 'id'>,
    hash: string,
    m = this.database.manager,
  ): Promise<AccessTokenEntity | null> {
    const { affected } = await m.update(
      AccessTokenEntity,
      { accountId, id, clientId: IsNull(), publisherId: IsNull() },
      { hash },
    );
    return affected === 1 ? m.findOneBy(AccessTokenEntity, { accountId, id }) : null;
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

  /** Records the last uses of tokens. Rows are locked in the order of their ids, since other replicas may write the same ones. */
  async recordUses(uses: readonly TokenUse[]): Promise<void> {
    await this.database.manager.query(
      `WITH used AS (SELECT * FROM unnest($1::integer[], $2::timestamptz[], $3::text[]) AS u (id, at, address)),
         locked AS (SELECT t.id FROM access_tokens t WHERE t.id IN (SELECT id FROM used) ORDER BY t.id FOR NO KEY UPDATE)
       UPDATE access_tokens t SET last_used_at = u.at, last_used_address = u.address
       FROM used u JOIN locked l ON l.id = u.id
       WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < u.at)`,
      [uses.map(({ id }) => id), uses.map(({ at }) => at), uses.map(({ address }) => address.slice(0, 64))],
    );
  }
}
