import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { noCardFacts, type CardFacts, type CardSubject } from '../card/card-facts.js';
import { commitPlan } from './commit-plan.js';
import { findEntry } from './git-tree.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { CommitEntity } from './commit.entity.js';
import type { TakenIn } from './content-intake.service.js';
import type { LocalRepository } from './local-repository.js';
import { ObjectStore } from './object.store.js';
import { RepoStore } from './repo.store.js';
import { CardReader } from '../card/card-reader.service.js';

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
export class CardService {
  /** What a card says depends on its content and its repository alone. */
  private readonly kept = new LRUCache<string, CardFacts>({
    ...{ max: CARDS_KEPT, maxSize: KEPT_BYTES },
    sizeCalculation: ({ cardData }) => 500 + JSON.stringify(cardData).length,
  });

  constructor(
    private readonly objects: ObjectStore,
    private readonly repos: RepoStore,
    private readonly reader: CardReader,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** What the card says in a commit. */
  async at({ id, repo, sdk }: LocalRepository, commit: CommitEntity): Promise<CardFacts> {
    const subject = { type: repo.type, sdk };
    const entry = await findEntry((oid) => this.objects.tree(id, oid), commit.treeOid, [CARD_PATH]);
    if (!entry) return noCardFacts(subject, null);
    const key = `${id}:${entry.oid}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const content = (await this.objects.blobs(id, [entry.oid])).get(entry.oid);
    if (!content) return noCardFacts(subject, null); // a folder of this name
    const facts = await this.read(subject, content);
    this.kept.set(key, facts);
    return facts;
  }

  /**
   * What a commit makes of the card; undefined when it leaves the card as it is. To be asked before the commit's transaction, since it
   * reads content.
   */
  async after(repositoryId: number, { operations, blobs }: TakenIn): Promise<CardFacts | undefined> {
    const planned = commitPlan(operations).children.get(CARD_PATH);
    const subject = planned && (await this.repos.cardSubject(repositoryId));
    if (!subject) return undefined;
    const { put: oid } = planned;
    if (oid === undefined) return noCardFacts(subject, null);
    const content = blobs.find((blob) => blob.oid === oid) ?? (await this.objects.blob(repositoryId, oid));
    return this.read(subject, content);
  }

  private async read(subject: CardSubject, { sha256, size }: CardContent): Promise<CardFacts> {
    if (size > LONGEST_CARD) return noCardFacts(subject, `${CARD_PATH} is longer than 1 MiB, and was not read`);
    const chunks: Buffer[] = [];
    for await (const chunk of this.blobs.open(sha256)) chunks.push(chunk as Buffer);
    return this.reader.facts(subject, Buffer.concat(chunks).toString('utf8'));
  }
}
