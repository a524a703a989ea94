import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { pinMatcher, type FileName } from './pin-matcher.js';
import { PIN_COLUMNS } from './pins.store.js';
import type { Pin } from './pin-matcher.js';

/** A repository with cached files. */
export interface HeldRepository {
  readonly type: RepoId['type'];
  /** Full name. */
  readonly repo: string;
  readonly files: number;
  readonly bytes: number;
  readonly pinned: number;
  readonly lastReadAt: Date;
}

/** A cached file of a repository. */
export interface HeldFile {
  readonly id: string;
  readonly path: string;
  /** The commit that has the file, one of them if there are several. */
  readonly commit: string;
  readonly size: number;
  /** Stored bytes: less than `size` while the file is being filled. */
  readonly bytes: number;
  readonly isPinned: boolean;
  readonly lastReadAt: Date;
}

/** A page of cached repositories, ordered by name. */
export interface HeldRepositoryQuery {
  /** A part of the name. */
  readonly search?: string | undefined;
  readonly after?: readonly [repo: string, type: string] | undefined;
  readonly limit: number;
}

const NAMES = `SELECT DISTINCT repo, repo_type, content_id FROM held_files`;
/** Characters with a meaning in LIKE. */
const likeText = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** The names of cached files. */
@Injectable()
export class HeldFileStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Adds a name of a file, and pins the file if a pin is for it. Does nothing if the file was removed. */
  async add(contentId: string, file: FileName): Promise<void> {
    const { repo, commit, revision, path } = file;
    const key = keyOf(file);
    const [known] = await this.database.query<unknown[]>('SELECT FROM held_files WHERE content_id = $1 AND key = $2', [
      contentId,
      key,
    ]);
    if (known) return;
    await this.database.transaction(async (m) => {
      await m.query('LOCK TABLE content_cache_pins IN SHARE MODE'); // no pin is added or removed in the meantime
      await m.query(
        `INSERT INTO held_files (content_id, key, repo_type, repo, commit, revision, path)
         SELECT id, $2, $3, $4, $5, $6, $7 FROM held_contents WHERE id = $1 FOR KEY SHARE ON CONFLICT DO NOTHING`,
        [contentId, key, repo.type, repoFullName(repo), commit, revision.slice(0, 300), path.join('/')],
      );
      const pins = await m.query<Pin[]>(`SELECT ${PIN_COLUMNS} FROM content_cache_pins`);
      if (pinMatcher(pins)(file)) await m.query('UPDATE held_contents SET is_pinned = true WHERE id = $1', [contentId]);
    });
  }

  /** Repositories by name. */
  repositories({ search = '', after, limit }: HeldRepositoryQuery): Promise<HeldRepository[]> {
    return this.database.query<HeldRepository[]>(
      `SELECT f.repo_type AS type, f.repo, count(*)::int AS files, sum(h.bytes)::float8 AS bytes,
         (count(*) FILTER (WHERE h.is_pinned))::int AS pinned, max(h.last_read_at) AS "lastReadAt"
       FROM (${NAMES} WHERE (repo, repo_type) > ($1, $2) AND repo ILIKE $3) f JOIN held_contents h ON h.id = f.content_id
       GROUP BY f.repo, f.repo_type ORDER BY f.repo, f.repo_type LIMIT $4`,
      [after?.[0] ?? '', after?.[1] ?? '', likeText(search), limit],
    );
  }

  /** Files of a repository by path. */
  files(repo: RepoId, after: readonly [path: string, id: string] | undefined, limit: number): Promise<HeldFile[]> {
    return this.database.query<HeldFile[]>(
      `SELECT h.id, f.path, max(f.commit) AS commit, h.size::float8 AS size, h.bytes::float8 AS bytes,
         h.is_pinned AS "isPinned", h.last_read_at AS "lastReadAt"
       FROM held_files f JOIN held_contents h ON h.id = f.content_id
       WHERE f.repo_type = $1 AND f.repo = $2 AND (f.path, h.id) > ($3, $4::uuid)
       GROUP BY f.path, h.id ORDER BY f.path, h.id LIMIT $5`,
      [repo.type, repoFullName(repo), after?.[0] ?? '', after?.[1] ?? '00000000-0000-0000-0000-000000000000', limit],
    );
  }

  /** The paths of the complete files of a commit. */
  async paths(repo: RepoId, commit: string): Promise<string[]> {
    const rows = await this.database.query<{ path: string }[]>(
      `SELECT DISTINCT f.path FROM held_files f JOIN held_contents h ON h.id = f.content_id
       WHERE f.repo_type = $1 AND f.repo = $2 AND f.commit = $3 AND h.is_published`,
      [repo.type, repoFullName(repo), commit],
    );
    return rows.map(({ path }) => path);
  }

  /** The files of a repository that are not pinned and belong to no other one. */
  async removable(repo: RepoId): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT DISTINCT h.id FROM held_files f JOIN held_contents h ON h.id = f.content_id
       WHERE f.repo_type = $1 AND f.repo = $2 AND NOT h.is_pinned AND NOT EXISTS (
         SELECT FROM held_files o WHERE o.content_id = h.id AND (o.repo_type, o.repo) <> ($1, $2))`,
      [repo.type, repoFullName(repo)],
    );
    return rows.map(({ id }) => id);
  }

  /** Removes the names of the repository from files that are not pinned. */
  async removeNames(repo: RepoId): Promise<void> {
    await this.database.query(
      `DELETE FROM held_files f USING held_contents h
       WHERE h.id = f.content_id AND NOT h.is_pinned AND f.repo_type = $1 AND f.repo = $2`,
      [repo.type, repoFullName(repo)],
    );
  }
}

/** Identifies a name. */
export const keyOf = ({ repo, commit, path }: FileName): string =>
  createHash('sha256')
    .update(JSON.stringify([repo.type, repoFullName(repo), commit, path]))
    .digest('hex');
