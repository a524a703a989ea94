import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, Not, type EntityManager } from 'typeorm';
import { AccessRequestEntity } from './access-request.entity.js';
import type { RequestStatus } from './content-gate.js';

/** A request of an account. */
export interface NewAccessRequest {
  readonly repositoryId: number;
  readonly accountId: number;
  readonly status: 'pending' | 'accepted';
  readonly fields: Readonly<Record<string, string>> | null;
  readonly at: Date;
}

/** A decision about the request of an account. */
export interface RequestDecision {
  readonly status: RequestStatus;
  readonly reason: string | null;
  /** The account that decides. */
  readonly by: number;
  readonly at: Date;
}

type RequestKey = Pick<AccessRequestEntity, 'repositoryId' | 'accountId'>;

/** Access requests. They belong to the repository and the account by their ids, so they stay when these are renamed, and are deleted with them. */
@Injectable()
export class AccessRequestStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The request of an account. */
  async find(repositoryId: number, accountId: number): Promise<AccessRequestEntity | undefined> {
    return (await this.database.manager.findOneBy(AccessRequestEntity, { repositoryId, accountId })) ?? undefined;
  }

  /** Whether a repository has any request. */
  hasAny(repositoryId: number): Promise<boolean> {
    return this.database.manager.existsBy(AccessRequestEntity, { repositoryId });
  }

  /** Adds a request, unless the account has one that was not reset. Returns whether it was added. */
  async add(m: EntityManager, { at, ...request }: NewAccessRequest): Promise<boolean> {
    const { repositoryId, accountId, status } = request;
    await m.delete(AccessRequestEntity, { repositoryId, accountId, status: 'reset' });
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(AccessRequestEntity)
      .values({ ...request, sharesEmail: true, requestedAt: at, reviewedAt: status === 'accepted' ? at : null })
      .orIgnore()
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length > 0;
  }

  /** @returns false if the account has no request, or it already has this status */
  async decide(m: EntityManager, key: RequestKey, { status, reason, by, at }: RequestDecision): Promise<boolean> {
    const values = {
      status,
      reason,
      reviewedAt: status === 'pending' ? null : at,
      grantedBy: status === 'accepted' ? by : null,
    };
    const where = { repositoryId: key.repositoryId, accountId: key.accountId, status: Not(status) };
    return (await m.update(AccessRequestEntity, where, values)).affected === 1;
  }

  /** Accepts an account, whether or not it has a request. */
  async grant(m: EntityManager, { repositoryId, accountId }: RequestKey, by: number, at: Date): Promise<void> {
    await m.query(
      `INSERT INTO access_requests (repository_id, account_id, status, shares_email, requested_at, reviewed_at, granted_by)
        VALUES ($1, $2, 'accepted', false, $4, $4, $3)
        ON CONFLICT (repository_id, account_id) DO UPDATE SET status = 'accepted', reason = NULL, reviewed_at = $4, granted_by = $3`,
      [repositoryId, accountId, by, at],
    );
  }

  /**
   * Deletes a pending request.
   * @returns false if the account has none
   */
  async withdraw(m: EntityManager, { repositoryId, accountId }: RequestKey): Promise<boolean> {
    const deleted = await m.delete(AccessRequestEntity, {
      repositoryId,
      accountId,
      status: 'pending',
    });
    return deleted.affected === 1;
  }
}
