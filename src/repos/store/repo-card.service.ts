import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { emptyCardMetadata, type CardMetadata, type CardSubject } from '../card/card-metadata.js';
import { commitPlan } from './commit-plan.js';
import { findEntry } from './git-tree.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { CommitEntity } from './commit.entity.js';
import type { WrittenContent } from './content-writer.service.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { RepoStore } from './repo.store.js';
import { CardParser } from '../card/card-parser.service.js';

/** Where a repository's card is. */
export const CARD_PATH = 'README.md';

const LONGEST_CARD = 1024 * 1024;
const CARDS_KEPT = 2_000;
const KEPT_BYTES = 32 * 1024 * 1024;

/** Where a card's bytes are, and how many. */
export interface CardContent {
  readonly sha256: string;
  readonly size: number;
}

/** The cards of local repositories. A card that cannot be read fails nothing: a warning says why. */
@Injectable()
export class RepoCardService {
  /** What a card says depends on its content and its repository alone. */
  private readonly kept = new LRUCache<string, CardMetadata>({
    ...{ max: CARDS_KEPT, maxSize: KEPT_BYTES },
    sizeCalculation: ({ cardData }) => 500 + JSON.stringify(cardData).length,
  });

  constructor(
    private readonly objects: ObjectStore,
    private readonly repos: RepoStore,
    private readonly reader: CardParser,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** What the card says in a commit. */
  async at({ id, repo, sdk }: LocalRepo, commit: CommitEntity): Promise<CardMetadata> {
    const subject = { type: repo.type, sdk };
    const entry = await findEntry((oid) => this.objects.tree(id, oid), commit.treeOid, [CARD_PATH]);
    if (!entry) return emptyCardMetadata(subject, null);
    const key = `${id}:${entry.oid}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const content = (await this.objects.blobs(id, [entry.oid])).get(entry.oid);
    if (!content) return emptyCardMetadata(subject, null); // a folder of this name
    const facts = await this.read(subject, content);
    this.kept.set(key, facts);
    return facts;
  }

  /**
   * What a commit makes of the card; undefined when it leaves the card as it is. To be asked before the commit's transaction, since it
   * reads content.
   */
  async after(repositoryId: number, { operations, blobs }: WrittenContent): Promise<CardMetadata | undefined> {
    const planned = commitPlan(operations).children.get(CARD_PATH);
    const subject = planned && (await this.repos.cardSubject(repositoryId));
    if (!subject) return undefined;
    const { put: oid } = planned;
    if (oid === undefined) return emptyCardMetadata(subject, null);
    const content = blobs.find((blob) => blob.oid === oid) ?? (await this.objects.blob(repositoryId, oid));
    return this.read(subject, content);
  }

  private async read(subject: CardSubject, { sha256, size }: CardContent): Promise<CardMetadata> {
    if (size > LONGEST_CARD) return emptyCardMetadata(subject, `${CARD_PATH} is longer than 1 MiB, and was not read`);
    const chunks: Buffer[] = [];
    for await (const chunk of this.blobs.open(sha256)) chunks.push(chunk as Buffer);
    return this.reader.facts(subject, Buffer.concat(chunks).toString('utf8'));
  }
}
