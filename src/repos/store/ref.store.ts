import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
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

  /** Makes the ref, or moves the one that there is. */
  async put(m: EntityManager, ref: RefEntity): Promise<void> {
    await m.upsert(RefEntity, ref, ['repositoryId', 'name']);
  }

  /** Was there one? */
  async remove(m: EntityManager, { repositoryId, name }: Omit<RefEntity, 'commitOid'>): Promise<boolean> {
    return (await m.delete(RefEntity, { repositoryId, name })).affected === 1;
  }

  /**
   * Where the ref points to, for a transaction that is about to move it: whoever else wants to waits, in order. Its repository is held
   * first, as deleting that does, or the two could wait for each other. Undefined when there is no such ref.
   */
  async hold(m: EntityManager, { repositoryId, name }: Omit<RefEntity, 'commitOid'>): Promise<string | undefined> {
    await this.lockRepo(m, repositoryId);
    const rows: { commit_oid: string }[] = await m.query(
      'SELECT commit_oid FROM refs WHERE repository_id = $1 AND name = $2 FOR UPDATE',
      [repositoryId, name],
    );
    return rows[0]?.commit_oid;
  }

  /** For a transaction that builds on a repository's history: until it ends, nothing of that is pruned, and the repository not deleted. */
  async lockRepo(m: EntityManager, repositoryId: number): Promise<void> {
    await m.query('SELECT FROM repositories WHERE id = $1 FOR KEY SHARE', [repositoryId]);
  }

  /**
   * Says that a ref lets go of commits, which may be lost by that: the collector looks for them (`HistoryPruner`). Comes last in its
   * transaction, or two of these could wait for each other.
   */
  async noteCut(m: EntityManager, repositoryId: number): Promise<void> {
    await m.query(
      `INSERT INTO history_cuts (repository_id) VALUES ($1)
       ON CONFLICT (repository_id) DO UPDATE SET changes = history_cuts.changes + 1`,
      [repositoryId],
    );
  }

  /** Compare and set: moves the ref if it still points to `from`, and says whether it did. */
  async move(m: EntityManager, ref: Omit<RefEntity, 'commitOid'>, from: string, to: string): Promise<boolean> {
    const { repositoryId, name } = ref;
    const updated = await m.update(RefEntity, { repositoryId, name, commitOid: from }, { commitOid: to });
    return updated.affected === 1;
  }
}
