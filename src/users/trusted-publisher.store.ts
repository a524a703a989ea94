import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../domain/caller.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { ExchangedIdTokenEntity, TrustedPublisherEntity } from './trusted-publisher.entity.js';

/** A repository with the account that its tokens belong to. */
export interface PublishedRepository {
  readonly id: number;
  readonly ownerId: number;
}

/** A token of a trusted publisher. */
export interface PublisherToken {
  readonly publisher: TrustedPublisherEntity;
  readonly ownerId: number;
  readonly subject: string;
  readonly hash: string;
  readonly expiresAt: Date;
}

/** The largest number of publishers of a repository. */
export const MAX_PUBLISHERS = 50;

@Injectable()
export class TrustedPublisherStore {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** @param m - the transaction to run in */
  async add(publisher: Omit<TrustedPublisherEntity, 'id' | 'createdAt' | 'lastUsedAt'>, m: EntityManager) {
    const { identifiers } = await m.insert(TrustedPublisherEntity, publisher);
    return m.findOneByOrFail(TrustedPublisherEntity, { id: identifiers[0]!['id'] as number });
  }

  /** Oldest first. */
  list(repositoryId: number): Promise<TrustedPublisherEntity[]> {
    return this.database.manager.find(TrustedPublisherEntity, { where: { repositoryId }, order: { id: 'ASC' } });
  }

  /**
   * Deletes a publisher with its tokens.
   * @param m - the transaction to run in
   * @returns the deleted publisher, or null if the repository has no such publisher
   */
  async delete(repositoryId: number, id: number, m: EntityManager): Promise<TrustedPublisherEntity | null> {
    const found = await m.findOneBy(TrustedPublisherEntity, { repositoryId, id });
    if (found) await m.delete(TrustedPublisherEntity, { id });
    return found;
  }

  /** A repository that is not disabled, and whose owner is not, by its lookup key. */
  async findRepository(key: string): Promise<PublishedRepository | undefined> {
    const [row] = await this.database.manager.query<PublishedRepository[]>(
      `SELECT r.id, r.owner_id AS "ownerId" FROM repositories r JOIN accounts owner ON owner.id = r.owner_id
       WHERE r.lookup_key = $1 AND r.disabled_at IS NULL AND owner.disabled_at IS NULL`,
      [key],
    );
    return row;
  }

  /**
   * Records that an ID token was exchanged.
   * @returns whether it was not exchanged before
   */
  async claim(hash: string, expiresAt: Date, now: Date): Promise<boolean> {
    return this.database.transaction(async (m) => {
      await m.query('DELETE FROM exchanged_id_tokens WHERE expires_at < $1', [now]);
      const { raw } = await m
        .createQueryBuilder()
        .insert()
        .into(ExchangedIdTokenEntity)
        .values({ hash, expiresAt })
        .orIgnore()
        .returning('hash')
        .execute();
      return (raw as unknown[]).length === 1;
    });
  }

  /** Creates a token for the repository of a publisher, and deletes expired ones. */
  async issue(
    { publisher, ownerId, subject, ...token }: PublisherToken,
    { now, by }: { readonly now: Date; readonly by: Caller },
  ): Promise<void> {
    const { id, name, repositoryId, readOnly } = publisher;
    await this.database.transaction(async (m) => {
      await m.query('DELETE FROM access_tokens WHERE publisher_id IS NOT NULL AND expires_at < $1', [now]);
      const [row] = await m.query<Pick<AccessTokenEntity, 'id'>[]>(
        `INSERT INTO access_tokens (account_id, name, role, hash, expires_at, publisher_id, publisher_subject)
         VALUES ($1, $2, 'fineGrained', $3, $4, $5, $6) RETURNING id`,
        [ownerId, name, token.hash, token.expiresAt, id, subject],
      );
      await m.query('INSERT INTO token_scopes (token_id, repository_id, permissions) VALUES ($1, $2, $3)', [
        row!.id,
        repositoryId,
        [readOnly ? 'repo.content.read' : 'repo.write'],
      ]);
      await m.query('UPDATE trusted_publishers SET last_used_at = $2 WHERE id = $1', [id, now]);
      await this.audit.record(m, by, {
        action: 'token.exchange',
        repositoryId,
        object: name,
        data: { subject, id: row!.id },
      });
    });
  }
}
