import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { HubError } from '../../hub/language/hub-error.js';
import { RefEntity } from './ref.entity.js';

/** Branches, tags and other refs as they lie in the database. */
@Injectable()
export class RefStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Commit ids of those refs that exist, by full name. */
  async find(repositoryId: number, names: readonly string[]): Promise<Map<string, string>> {
    const refs = await this.database.manager.findBy(RefEntity, { repositoryId, name: In(names) });
    return new Map(refs.map(({ name, commitOid }) => [name, commitOid]));
  }

  /** All refs, by name. */
  all(repositoryId: number): Promise<RefEntity[]> {
    return this.database.manager.find(RefEntity, { where: { repositoryId }, order: { name: 'ASC' } });
  }

  /** @throws HubError `Conflict` when there is one of this name */
  async create(m: EntityManager, ref: RefEntity): Promise<void> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(RefEntity)
      .values(ref)
      .orIgnore()
      .returning('name')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) throw new HubError('Conflict', `${ref.name} exists already`);
  }

  /** Compare and set: moves the ref if it still points to `from`, and says whether it did. */
  async move(m: EntityManager, ref: Omit<RefEntity, 'commitOid'>, from: string, to: string): Promise<boolean> {
    const { repositoryId, name } = ref;
    const updated = await m.update(RefEntity, { repositoryId, name, commitOid: from }, { commitOid: to });
    return updated.affected === 1;
  }
}
