import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RepoType } from '../../domain/repo-id.js';
import type { RepoCounts } from '../../users/repo-counts.js';

const COUNT = `
  SELECT type, count(*)::integer AS count FROM repositories
  WHERE owner_id = $1 AND disabled_at IS NULL AND (NOT private OR $2) GROUP BY type`;

/** Counts the repositories of an account. Disabled ones appear in no list and are not counted. */
@Injectable()
export class RepoCountsStore implements RepoCounts {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async countOf(ownerId: number, withPrivate: boolean): Promise<Readonly<Record<RepoType, number>>> {
    const rows = await this.database.query<{ type: RepoType; count: number }[]>(COUNT, [ownerId, withPrivate]);
    const counts: Record<RepoType, number> = { model: 0, dataset: 0, space: 0 };
    for (const { type, count } of rows) counts[type] = count;
    return counts;
  }
}
