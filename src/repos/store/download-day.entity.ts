import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { BIGINT_AS_NUMBER } from '../../platform/database/bigint-as-number.js';
import { RepoEntity } from './repo.entity.js';

/** Downloads of a repository on one day (UTC). */
@Entity('download_days')
export class DownloadDayEntity {
  @PrimaryColumn('integer', { name: 'repository_id', primaryKeyConstraintName: 'pk_download_days' })
  @ForeignKey(() => RepoEntity, { name: 'fk_download_days_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  /** `YYYY-MM-DD`. */
  @PrimaryColumn('date', { primaryKeyConstraintName: 'pk_download_days' })
  day: string;

  @Column('bigint', { transformer: BIGINT_AS_NUMBER })
  count: number;
}
