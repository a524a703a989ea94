import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { RefEntity } from './ref.entity.js';

/** The git object of an annotated tag. */
export interface TagObject {
  readonly oid: string;
  readonly commitOid: string;
  readonly body: Buffer;
}

@Injectable()
export class RefStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Commit ids of the refs that exist, by full name. */
  async find(repositoryId: number, names: readonly string[]): Promise<Map<string, string>> {
    const refs = await this.database.manager.findBy(RefEntity, { repositoryId, name: In(names) });
    return new Map(refs.map(({ name, commitOid }) => [name, commitOid]));
  }

  /**
   * All refs, sorted by name.
   *
   * @param m - the current transaction, if there is one
   */
  all(repositoryId: number, m = this.database.manager): Promise<RefEntity[]> {
    return m.find(RefEntity, { where: { repositoryId }, order: { name: 'ASC' } });
  }

  /** The annotated tags with these ids. */
  async tagObjects(repositoryId: number, oids: readonly string[]): Promise<TagObject[]> {
    return this.tagsBy(repositoryId, 'tag_oid', oids);
  }

  /** The annotated tags of these commits. */
  async tagsOfCommits(repositoryId: number, commitOids: readonly string[]): Promise<TagObject[]> {
    return this.tagsBy(repositoryId, 'commit_oid', commitOids);
  }

  private async tagsBy(
    repositoryId: number,
    column: 'tag_oid' | 'commit_oid',
    oids: readonly string[],
  ): Promise<TagObject[]> {
    return this.database.query<TagObject[]>(
      `SELECT tag_oid AS oid, commit_oid AS "commitOid", tag_body AS body FROM refs
       WHERE repository_id = $1 AND tag_oid IS NOT NULL AND ${column} = ANY($2) ORDER BY name`,
      [repositoryId, oids],
    );
  }

  /** @throws HubError `Conflict` if the ref exists */
  async create(m: EntityManager, ref: RefEntity): Promise<void> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(RefEntity)
      .values(ref)
      .orIgnore()
      .returning('name')
      .execute();
    if ((inserted.raw as unknown[]).length === 0)
      throw new HubError('Conflict', `Reference ${ref.name} already exists`);
  }

  /** Creates the ref or moves the existing one. */
  async put(m: EntityManager, ref: RefEntity): Promise<void> {
    await m.upsert(RefEntity, ref, ['repositoryId', 'name']);
  }

  /** Moves a ref to a commit that replaces its own. An annotated tag gets a new tag object. */
  async retarget(
    m: EntityManager,
    { repositoryId, name }: RefEntity,
    commitOid: string,
    retargetTag: (body: Buffer, commitOid: string) => { readonly oid: string; readonly body: Buffer },
  ): Promise<void> {
    const [row] = await m.query<{ body: Buffer | null }[]>(
      'SELECT tag_body AS body FROM refs WHERE repository_id = $1 AND name = $2',
      [repositoryId, name],
    );
    const tag = row?.body ? retargetTag(Buffer.from(row.body), commitOid) : undefined;
    await m.update(RefEntity, { repositoryId, name }, { commitOid, tagOid: tag?.oid, tagBody: tag?.body });
  }

  /** Returns false if the ref does not exist. */
  async remove(m: EntityManager, { repositoryId, name }: Omit<RefEntity, 'commitOid'>): Promise<boolean> {
    return (await m.delete(RefEntity, { repositoryId, name })).affected === 1;
  }

  /**
   * Locks a ref that the transaction is about to move, until its end. Returns the commit id; `undefined` if the ref does not exist. The
   * repository is locked first: deleting it locks rows in the same order, so the two cannot deadlock.
   */
  async lock(m: EntityManager, { repositoryId, name }: Omit<RefEntity, 'commitOid'>): Promise<string | undefined> {
    await this.lockRepo(m, repositoryId);
    const rows: { commit_oid: string }[] = await m.query(
      'SELECT commit_oid FROM refs WHERE repository_id = $1 AND name = $2 FOR UPDATE',
      [repositoryId, name],
    );
    return rows[0]?.commit_oid;
  }

  /** Prevents the repository and its history from being deleted or pruned until the end of the transaction. */
  async lockRepo(m: EntityManager, repositoryId: number): Promise<void> {
    await m.query('SELECT FROM repositories WHERE id = $1 FOR KEY SHARE', [repositoryId]);
  }

  /**
   * Records that commits may have become unreachable, so that the collector examines the repository (`HistoryPruner`). Must be the last
   * statement of its transaction. Otherwise, two transactions could deadlock.
   */
  async markHistoryCut(m: EntityManager, repositoryId: number): Promise<void> {
    await m.query(
      `INSERT INTO history_cuts (repository_id) VALUES ($1)
       ON CONFLICT (repository_id) DO UPDATE SET changes = history_cuts.changes + 1`,
      [repositoryId],
    );
  }

  /** Compare-and-set: moves the ref if it still points to `from`. Returns whether it did. */
  async move(m: EntityManager, ref: Omit<RefEntity, 'commitOid'>, from: string, to: string): Promise<boolean> {
    const { repositoryId, name } = ref;
    const updated = await m.update(RefEntity, { repositoryId, name, commitOid: from }, { commitOid: to });
    return updated.affected === 1;
  }
}
