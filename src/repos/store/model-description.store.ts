import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RepoId } from '../../domain/repo-id.js';
import type { CardMetadata } from '../card/card-metadata.js';
import type { FileMetadata } from '../facts/model-facts.js';

const MAX_ROWS = 20;

/** A model that is due to be described. */
export interface DueModel {
  readonly repositoryId: number;
  readonly commitOid: string;
  readonly repo: RepoId;
  /** Whether it has been described before, with a result. */
  readonly isDescribed: boolean;
}

/** Finds models whose files must be described, and stores their descriptions. */
@Injectable()
export class ModelDescriptionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async due(): Promise<DueModel[]> {
    const rows = await this.database.query<
      ({ repositoryId: number; commitOid: string; isDescribed: boolean } & RepoId)[]
    >(
      `SELECT d.repository_id AS "repositoryId", d.commit_oid AS "commitOid", r.type, r.namespace, r.name,
         r.file_metadata IS NOT NULL AS "isDescribed"
       FROM model_descriptions d JOIN repositories r ON r.id = d.repository_id WHERE d.due_at <= now() ORDER BY d.due_at LIMIT ${MAX_ROWS}`,
    );
    return rows.map(({ repositoryId, commitOid, isDescribed, ...repo }) => ({
      repositoryId,
      commitOid,
      isDescribed,
      repo,
    }));
  }

  /** Stores a description, unless the default branch has moved again. The repository is locked first, as by commits. */
  async save({ repositoryId, commitOid }: DueModel, metadata: FileMetadata, merged: CardMetadata): Promise<void> {
    await this.database.transaction(async (m) => {
      await m.query('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [repositoryId]);
      const [, deleted] = await m.query<[unknown, number]>(
        'DELETE FROM model_descriptions WHERE repository_id = $1 AND commit_oid = $2',
        [repositoryId, commitOid],
      );
      if (deleted === 0) return;
      await m.query(
        'UPDATE repositories SET file_metadata = $2, tags = $3, pipeline_tag = $4, library_name = $5 WHERE id = $1',
        [repositoryId, JSON.stringify(metadata), merged.tags, merged.pipelineTag, merged.libraryName],
      );
    });
  }

  /** Records that the files show nothing. */
  async skip({ repositoryId, commitOid }: DueModel): Promise<void> {
    await this.database.query('DELETE FROM model_descriptions WHERE repository_id = $1 AND commit_oid = $2', [
      repositoryId,
      commitOid,
    ]);
  }

  /** Postpones a description that has failed. */
  async postpone({ repositoryId, commitOid }: DueModel): Promise<void> {
    await this.database.query(
      `UPDATE model_descriptions SET due_at = now() + interval '5 minutes' WHERE repository_id = $1 AND commit_oid = $2`,
      [repositoryId, commitOid],
    );
  }
}
