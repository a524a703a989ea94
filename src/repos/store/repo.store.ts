import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../hub/language/hub-error.js';
import { repoFullName, type RepoId } from '../../hub/language/repo-id.js';
import { lookupKey } from '../../hub/rules/lookup-key.js';
import { RepositoryEntity } from './repository.entity.js';

/** What a repository begins with. */
export interface NewRepository {
  readonly repo: RepoId;
  readonly ownerId: number;
  readonly private: boolean;
}

/** A repository as it is stored, with its owner's name. */
export interface StoredRepository {
  readonly id: number;
  /** Spelled as it was created. */
  readonly repo: RepoId;
  readonly ownerId: number;
  /** The owner's name. */
  readonly author: string;
  readonly private: boolean;
  readonly createdAt: Date;
}

/** Every request begins with this question: plain SQL, since TypeORM's own costs four times as much. */
const FIND = `
  SELECT r.id, r.type, r.namespace, r.name, r.owner_id, r.private, r.created_at, owner.name AS author
  FROM repositories r JOIN accounts owner ON owner.id = r.owner_id
  WHERE r.lookup_key = $1`;

interface Row extends RepoId {
  readonly id: number;
  readonly owner_id: number;
  readonly private: boolean;
  readonly created_at: Date;
  readonly author: string;
}

/** Repositories as they lie in the database. */
@Injectable()
export class RepoStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Whatever the case of the id. */
  async find(repo: RepoId): Promise<StoredRepository | undefined> {
    const [row] = await this.database.query<Row[]>(FIND, [lookupKey(repo)]);
    return row && stored(row);
  }

  /** @throws HubError `Conflict` when there is one of this id, in whatever case */
  async create(m: EntityManager, { repo, ...row }: NewRepository): Promise<StoredRepository> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(RepositoryEntity)
      .values({ ...repo, ...row, lookupKey: lookupKey(repo) })
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      throw new HubError('Conflict', `There is a ${repo.type} named "${repoFullName(repo)}" already`);
    }
    const [created] = await m.query<Row[]>(FIND, [lookupKey(repo)]);
    return stored(created!);
  }

  async noteChange(m: EntityManager, repositoryId: number, at: Date): Promise<void> {
    await m.update(RepositoryEntity, { id: repositoryId }, { updatedAt: at });
  }
}

const stored = ({ id, type, namespace, name, ...row }: Row): StoredRepository => ({
  id,
  repo: { type, namespace, name },
  ownerId: row.owner_id,
  author: row.author,
  private: row.private,
  createdAt: row.created_at,
});
