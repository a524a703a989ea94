import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { withFieldOrder } from '../../domain/gate-form.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import type { CardContext, StoredCard } from '../card/card-metadata.js';
import { lookupKey } from '../../domain/lookup-key.js';
import { withFileMetadata } from '../facts/model-facts.js';
import { SAVE_CARD_TEXT } from './card-text.store.js';
import type { LocalRepo } from './local-repo.js';
import { RepoAliasEntity } from './repo-alias.entity.js';
import { RepoEntity } from './repo.entity.js';

/** Initial values of a repository. */
export interface NewRepo {
  readonly repo: RepoId;
  readonly ownerId: number;
  readonly private: boolean;
  readonly gated: 'auto' | 'manual' | null;
  /** SDK of a space. */
  readonly sdk?: string;
  /** Defaults to a name that was not checked. */
  readonly nameCheck?: NameCheckColumns;
}

/** Every request starts with this lookup. It is plain SQL, since a query built by TypeORM takes four times as long. */
const SELECT = `
  SELECT r.id, r.type, r.namespace, r.name, r.owner_id, r.private, r.gated, r.disabled_at IS NOT NULL AS disabled, r.created_at, r.sdk, r.downloads, r.downloads_all_time,
    r.likes, owner.name AS author
  FROM repositories r JOIN accounts owner ON owner.id = r.owner_id`;
const FIND = `${SELECT} WHERE r.lookup_key = $1`;
const FIND_MOVED = `${SELECT} JOIN repository_aliases alias ON alias.repository_id = r.id WHERE alias.lookup_key = $1`;

interface Row extends RepoId {
  readonly id: number;
  readonly owner_id: number;
  readonly private: boolean;
  readonly gated: 'auto' | 'manual' | null;
  readonly disabled: boolean;
  readonly created_at: Date;
  readonly author: string;
  readonly sdk: string | null;
  /** PostgreSQL returns `bigint` as text. */
  readonly downloads: string;
  readonly downloads_all_time: string;
  readonly likes: number;
}

@Injectable()
export class RepoStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Finds a repository by its id, ignoring case. */
  async find(repo: RepoId): Promise<LocalRepo | undefined> {
    const [row] = await this.database.query<Row[]>(FIND, [lookupKey(repo)]);
    return row && toLocalRepo(row);
  }

  /** Finds a repository by a former id. */
  async findMoved(repo: RepoId): Promise<LocalRepo | undefined> {
    const [row] = await this.database.query<Row[]>(FIND_MOVED, [lookupKey(repo)]);
    return row && toLocalRepo(row);
  }

  /**
   * Creates the row. If the name was the former name of another repository, that redirect is removed.
   *
   * @throws HubError `Conflict` if the id is in use, ignoring case
   */
  async create(m: EntityManager, { repo, ...row }: NewRepo): Promise<LocalRepo> {
    const inserted = await m
      .createQueryBuilder()
      .insert()
      .into(RepoEntity)
      .values({ ...repo, ...row, tags: row.sdk === undefined ? [] : [row.sdk], lookupKey: lookupKey(repo) })
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      throw nameTaken(repo);
    }
    await m.delete(RepoAliasEntity, { lookupKey: lookupKey(repo) });
    const [created] = await m.query<Row[]>(FIND, [lookupKey(repo)]);
    return toLocalRepo(created!);
  }

  /** The properties of the repository that its card's tags depend on. */
  async cardSubject(repositoryId: number): Promise<CardContext | undefined> {
    const select = { type: true, sdk: true } as const;
    return (await this.database.manager.findOne(RepoEntity, { select, where: { id: repositoryId } })) ?? undefined;
  }

  /** Metadata of the card on the default branch. */
  async cardData(repositoryId: number): Promise<Record<string, unknown> | null> {
    const select = { cardData: true, gateFields: true } as const;
    const row = await this.database.manager.findOne(RepoEntity, { select, where: { id: repositoryId } });
    return row && withFieldOrder(row.cardData, row.gateFields);
  }

  /** Stores the text and the metadata of the card of the default branch, by which lists are filtered, together with what the files show (`ModelDescriptions`). */
  async updateCard(m: EntityManager, repositoryId: number, { text = '', ...metadata }: StoredCard): Promise<void> {
    const select = { id: true, fileMetadata: true } as const;
    const { fileMetadata } = (await m.findOne(RepoEntity, { select, where: { id: repositoryId } })) ?? {};
    const merged = fileMetadata ? withFileMetadata(metadata, fileMetadata) : metadata;
    await m.update(RepoEntity, { id: repositoryId }, merged as QueryDeepPartialEntity<RepoEntity>);
    await m.query(SAVE_CARD_TEXT, [repositoryId, text]);
  }

  async updateChangedAt(m: EntityManager, repositoryId: number, at: Date): Promise<void> {
    await m.update(RepoEntity, { id: repositoryId }, { updatedAt: at });
  }
}

/** The error for a new name that is in use. Clients match the message of huggingface.co. */
export const nameTaken = (repo: RepoId): HubError =>
  new HubError('Conflict', `A ${repo.type} repository called ${repoFullName(repo)} already exists`);

const toLocalRepo = ({ id, type, namespace, name, ...row }: Row): LocalRepo => ({
  id,
  repo: { type, namespace, name },
  ownerId: row.owner_id,
  author: row.author,
  private: row.private,
  gated: row.gated ?? false,
  disabled: row.disabled,
  createdAt: row.created_at,
  sdk: row.sdk,
  downloads: Number(row.downloads),
  downloadsAllTime: Number(row.downloads_all_time),
  likes: row.likes,
});
