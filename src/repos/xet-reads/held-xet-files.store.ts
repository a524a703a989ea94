import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';

/** A complete file of a source that the content cache has, and a path of it in a repository. */
export interface HeldXetFile {
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
  /** A commit in which the path has this file. */
  readonly commit: string;
}

/** Paths of a file that are compared with the rules of its source. */
const MAX_PATHS = 20;

/** Finds large files of sources in the content cache. */
@Injectable()
export class HeldXetFileStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * The SHA-256 of the large files that the cache has completely, as files of this repository. Files of other repositories do not count, since the
   * caller may not be able to read them.
   */
  async among(sourceKey: string, repo: RepoId, hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ sha256: string }[]>(
      `SELECT h.sha256 FROM held_contents h
       WHERE h.source_key = $1 AND h.etag = ANY($2::text[]) AND h.sha256 = h.etag AND h.is_published
         AND EXISTS (SELECT FROM held_files f WHERE f.content_id = h.id AND f.repo_type = $3 AND f.repo = $4)`,
      [sourceKey, hashes, repo.type, repoFullName(repo)],
    );
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  /** The paths of a large file in a repository, if the cache has it completely. */
  paths(sourceKey: string, repo: RepoId, sha256: string): Promise<HeldXetFile[]> {
    return this.database.query<HeldXetFile[]>(
      `SELECT DISTINCT f.path, f.commit, h.sha256, h.size::float8 AS size FROM held_contents h JOIN held_files f ON f.content_id = h.id
       WHERE h.source_key = $1 AND h.etag = $2 AND h.sha256 = h.etag AND h.is_published AND f.repo_type = $3 AND f.repo = $4
       LIMIT ${MAX_PATHS}`,
      [sourceKey, sha256, repo.type, repoFullName(repo)],
    );
  }
}
