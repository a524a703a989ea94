import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { emptyCardMetadata, type CardMetadata, type CardContext, type StoredCard } from '../card/card-metadata.js';
import { HubError } from '../../domain/hub-error.js';
import { CARD_PATH } from './card-path.js';
import { commitPlan, type TreeOperation } from './commit-plan.js';
import { findEntry } from './git-tree.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import type { CommitEntity } from './commit.entity.js';
import type { WrittenContent } from './content-writer.service.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { RepoStore } from './repo.store.js';
import { CardParser } from '../card/card-parser.service.js';

const MAX_CARD_BYTES = 1024 * 1024;
const MAX_CACHED_CARDS = 2_000;
const MAX_CACHE_BYTES = 32 * 1024 * 1024;

const UNREADABLE = `${CARD_PATH} cannot be read at the moment, because the storage is temporarily unavailable.`;
const LOST = `${CARD_PATH} cannot be read, because its content is missing from the storage of the hub, or damaged in it.`;

const concernsCard = ({ path }: TreeOperation): boolean => path === CARD_PATH || path.startsWith(`${CARD_PATH}/`);

/** Reference to a card's bytes. */
export interface CardContent {
  readonly sha256: string;
  readonly size: number;
}

/** Reads the cards of local repositories. A card that cannot be parsed is not an error: its metadata has a warning instead. */
@Injectable()
export class RepoCardService {
  /** Card metadata by repository and blob id, which fully determine it. */
  private readonly cache = new LRUCache<string, CardMetadata>({
    max: MAX_CACHED_CARDS,
    maxSize: MAX_CACHE_BYTES,
    sizeCalculation: ({ cardData }) => 500 + JSON.stringify(cardData).length,
  });

  constructor(
    private readonly objects: ObjectStore,
    private readonly repos: RepoStore,
    private readonly parser: CardParser,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** Returns the card metadata at a commit. If the storage is unavailable or has lost the card, it is empty with a warning, so that the rest can be shown. */
  async read({ id, repo, sdk }: LocalRepo, commit: CommitEntity): Promise<CardMetadata> {
    const context = { type: repo.type, sdk };
    const entry = await findEntry((oids) => this.objects.trees(id, oids), commit.treeOid, [CARD_PATH]);
    if (!entry) return emptyCardMetadata(context, null);
    const key = `${id}:${entry.oid}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    const content = (await this.objects.blobs(id, [entry.oid])).get(entry.oid);
    if (!content) return emptyCardMetadata(context, null); // README.md is a folder
    try {
      const { text: _, ...metadata } = await this.parse(context, content);
      this.cache.set(key, metadata);
      return metadata;
    } catch (error) {
      if (error instanceof HubError && error.code === 'StorageUnavailable')
        return emptyCardMetadata(context, UNREADABLE);
      if (isMissingContent(error)) return emptyCardMetadata(context, LOST);
      throw error;
    }
  }

  /**
   * Returns the card metadata after a commit; `undefined` if the commit does not change the card. Call this before the commit's
   * transaction, since it reads content.
   */
  async readAfter(repositoryId: number, { operations, blobs }: WrittenContent): Promise<StoredCard | undefined> {
    const plan = (await commitPlan(operations.filter(concernsCard))).children.get(CARD_PATH);
    const context = plan && (await this.repos.cardSubject(repositoryId));
    if (!context) return undefined;
    const { put: oid } = plan;
    if (oid === undefined) return emptyCardMetadata(context, null);
    const content = blobs.find((blob) => blob.oid === oid) ?? (await this.objects.blob(repositoryId, oid));
    return this.parse(context, content);
  }

  /** Returns the text of the card at a commit for the full-text search; `undefined` if it cannot be read. */
  async text({ id, repo, sdk }: LocalRepo, commit: CommitEntity): Promise<string | undefined> {
    const entry = await findEntry((oids) => this.objects.trees(id, oids), commit.treeOid, [CARD_PATH]);
    const content = entry && (await this.objects.blobs(id, [entry.oid])).get(entry.oid);
    if (!content) return '';
    try {
      return (await this.parse({ type: repo.type, sdk }, content)).text ?? '';
    } catch (error) {
      if ((error instanceof HubError && error.code === 'StorageUnavailable') || isMissingContent(error))
        return undefined;
      throw error;
    }
  }

  private async parse(context: CardContext, content: CardContent): Promise<StoredCard> {
    if (content.size > MAX_CARD_BYTES)
      return emptyCardMetadata(context, `${CARD_PATH} is longer than 1 MiB. Its metadata was not read.`);
    const chunks: Buffer[] = [];
    for await (const chunk of openContent(this.blobs, content)) chunks.push(chunk as Buffer);
    return this.parser.stored(context, Buffer.concat(chunks).toString('utf8'));
  }
}
