import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../../domain/caller.js';
import { lookupKey } from '../../domain/lookup-key.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { QuotaService } from '../quota/quota.service.js';
import type { LocalRepo, OpenRepo } from './local-repo.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import { RepoCopyStore } from './repo-copy.store.js';
import { RepoStore } from './repo.store.js';

/** The copy of a repository. */
export interface NewDuplicate {
  readonly repo: RepoId;
  readonly ownerId: number;
  readonly private: boolean;
  readonly nameCheck: NameCheckColumns;
  readonly by: Caller;
}

/** Duplicates repositories with their history. Files are not copied: both repositories refer to the same content. */
@Injectable()
export class RepoDuplicationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly repos: RepoStore,
    private readonly copies: RepoCopyStore,
    private readonly missing: MissingRepoCache,
    private readonly quotas: QuotaService,
    private readonly audit: AuditLog,
  ) {}

  /** @throws HubError `Conflict` if the id is in use, `QuotaExceeded` if the owner may not have another repository or its files */
  async duplicate(source: OpenRepo, { by, ...copy }: NewDuplicate): Promise<LocalRepo> {
    const { ownerId } = copy;
    const gated = source.gated === false ? null : source.gated;
    const created = await this.database.transaction(async (m) => {
      await this.quotas.lock(m, ownerId);
      const before = await this.quotas.usedBytes(m, ownerId);
      const row = await this.repos.create(m, { ...copy, gated, sdk: source.sdk ?? undefined });
      await this.copies.copyContents(m, source.id, row.id);
      await this.quotas.requireTransfer(m, ownerId, before);
      const data = { from: repoFullName(source.repo), private: copy.private };
      await this.audit.record(m, by, { action: 'repo.duplication', repositoryId: row.id, data });
      return row;
    });
    await this.missing.delete(lookupKey(created.repo));
    return created;
  }
}
