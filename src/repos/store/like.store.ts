import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RepoId } from '../../domain/repo-id.js';
import type { LikedRepo, LikedRepos, LikesPage } from '../../users/liked-repos.js';
import type { ReadableRepos } from '../../users/readable-repos.js';
import { LikeEntity } from './like.entity.js';

/** A user who likes a repository. */
export interface Liker {
  /** Id of the like. */
  readonly id: number;
  readonly accountId: number;
}

interface LikedRow extends RepoId {
  readonly id: number;
  readonly created_at: Date;
}

/** Likes of enabled repositories that are public, owned by one of the accounts $2, or among the repositories $3. */
const VISIBLE = `
  FROM likes l JOIN repositories r ON r.id = l.repository_id
  WHERE l.account_id = $1 AND r.disabled_at IS NULL AND (NOT r.private OR r.owner_id = ANY($2) OR r.id = ANY($3))`;

/** Maximum of PostgreSQL's `integer`. */
const MAX_ID = 2_147_483_647;

@Injectable()
export class LikeStore implements LikedRepos {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** A second like of the same user changes nothing. */
  async add(repositoryId: number, accountId: number): Promise<void> {
    await this.database.query('INSERT INTO likes (repository_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      repositoryId,
      accountId,
    ]);
  }

  async remove(repositoryId: number, accountId: number): Promise<void> {
    await this.database.manager.delete(LikeEntity, { repositoryId, accountId });
  }

  has(repositoryId: number, accountId: number): Promise<boolean> {
    return this.database.manager.existsBy(LikeEntity, { repositoryId, accountId });
  }

  likers(repositoryId: number, { limit, before = MAX_ID }: LikesPage): Promise<Liker[]> {
    return this.database.query<Liker[]>(
      'SELECT id, account_id AS "accountId" FROM likes WHERE repository_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3',
      [repositoryId, before, limit],
    );
  }

  async likedBy(
    accountId: number,
    { owners, repositories }: ReadableRepos,
    { limit, before = MAX_ID }: LikesPage,
  ): Promise<LikedRepo[]> {
    const rows = await this.database.query<LikedRow[]>(
      `SELECT l.id, l.created_at, r.type, r.namespace, r.name ${VISIBLE} AND l.id < $4 ORDER BY l.id DESC LIMIT $5`,
      [accountId, owners, repositories, before, limit],
    );
    return rows.map(({ id, created_at: createdAt, type, namespace, name }) => ({
      id,
      createdAt,
      repo: { type, namespace, name },
    }));
  }

  async countLikedBy(accountId: number, { owners, repositories }: ReadableRepos): Promise<number> {
    const sql = `SELECT count(*)::integer AS count ${VISIBLE}`;
    const [row] = await this.database.query<{ count: number }[]>(sql, [accountId, owners, repositories]);
    return row!.count;
  }
}
