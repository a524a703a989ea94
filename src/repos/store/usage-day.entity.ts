import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';

const primaryKeyConstraintName = 'pk_usage_days';

/** Downloads of a repository by an account or an anonymous client on one day (UTC), from one source. It stays when the repository is deleted. */
@Entity('usage_days')
@Index('ix_usage_days_owner', ['ownerId', 'day'])
@Index('ix_usage_days_repository', ['repositoryId', 'day'])
export class UsageDayEntity {
  /** `YYYY-MM-DD`. */
  @PrimaryColumn('date', { primaryKeyConstraintName })
  day: string;

  @PrimaryColumn('varchar', { name: 'repo_type', length: 16, primaryKeyConstraintName })
  repoType: RepoType;

  @PrimaryColumn('varchar', { name: 'repo_name', length: 200, primaryKeyConstraintName })
  repoName: string;

  /** Name of the source; empty for repositories of this hub. */
  @PrimaryColumn('varchar', { length: 120, primaryKeyConstraintName })
  source: string;

  /** `account 7`, or a keyed hash of the day and the network of an anonymous client. */
  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName })
  actor: string;

  @Column('integer', { name: 'account_id', nullable: true })
  accountId: number | null;

  @Column('integer', { name: 'repository_id', nullable: true })
  repositoryId: number | null;

  @Column('integer', { name: 'owner_id', nullable: true })
  ownerId: number | null;

  /** All files that the actor fetches within five minutes are one download. */
  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  downloads: number;

  @Column('bigint', { default: 0, transformer: BIGINT_AS_NUMBER })
  bytes: number;
}
