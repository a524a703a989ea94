import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { IdentityEntity } from './identity.entity.js';

/** A user of a provider. */
export interface ExternalKey {
  readonly issuer: string;
  readonly subject: string;
}

/** Accounts of providers, by issuer and subject. */
@Injectable()
export class IdentityStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find({ issuer, subject }: ExternalKey): Promise<IdentityEntity | null> {
    return this.database.manager.findOneBy(IdentityEntity, { issuer, subject });
  }

  byId(id: number): Promise<IdentityEntity | null> {
    return this.database.manager.findOneBy(IdentityEntity, { id });
  }

  /** Oldest first. */
  ofAccount(accountId: number, m: EntityManager = this.database.manager): Promise<IdentityEntity[]> {
    return m.find(IdentityEntity, { where: { accountId }, order: { id: 'ASC' } });
  }

  /**
   * @param m - the transaction to run in, if any
   * @returns the identity; of another account, if it was linked before
   */
  async link(
    { issuer, subject }: ExternalKey,
    { accountId, label, invited = false }: Pick<IdentityEntity, 'accountId' | 'label'> & { invited?: boolean },
    m: EntityManager = this.database.manager,
  ): Promise<IdentityEntity> {
    await m.query(
      `INSERT INTO identities (account_id, issuer, subject, label, invited) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (issuer, subject) DO NOTHING`,
      [accountId, issuer, subject, label, invited],
    );
    return m.findOneByOrFail(IdentityEntity, { issuer, subject });
  }

  async recordUse(id: number, label: string, now: Date): Promise<void> {
    await this.database.manager.update(IdentityEntity, { id }, { label, lastUsedAt: now });
  }

  /** Unlinks an identity of an account. Its sessions end. */
  async unlink(id: number, accountId: number, m: EntityManager): Promise<void> {
    await m.delete(IdentityEntity, { id, accountId });
  }
}
