import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../hub/language/hub-error.js';
import { repoFullName, type RepoId } from '../hub/language/repo-id.js';
import { lookupKey } from '../hub/rules/lookup-key.js';
import { RepositoryEntity } from './repository.entity.js';

/** What a repository begins with. */
export interface NewRepository {
  readonly repo: RepoId;
  readonly ownerId: number;
  readonly private: boolean;
}

/** Repositories as they lie in the database. */
@Injectable()
export class RepoStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** With its owner; whatever the case of the id. */
  find(repo: RepoId): Promise<RepositoryEntity | null> {
    return this.database.manager.findOne(RepositoryEntity, {
      where: { lookupKey: lookupKey(repo) },
      relations: { owner: true },
    });
  }

  /** @throws HubError `Conflict` when there is one of this id, in whatever case */
  async create(m: EntityManager, { repo, ...row }: NewRepository): Promise<RepositoryEntity> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(RepositoryEntity)
      .values({ ...repo, ...row, lookupKey: lookupKey(repo) })
      .orIgnore()
      .returning('id')
      .execute();
    const [created] = inserted.raw as { id: number }[];
    if (!created) throw new HubError('Conflict', `There is a ${repo.type} named "${repoFullName(repo)}" already`);
    return m.findOneOrFail(RepositoryEntity, { where: { id: created.id }, relations: { owner: true } });
  }

  async noteChange(m: EntityManager, repositoryId: number, at: Date): Promise<void> {
    await m.update(RepositoryEntity, { id: repositoryId }, { updatedAt: at });
  }
}
