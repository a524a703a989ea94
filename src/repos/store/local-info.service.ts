import { Inject, Injectable } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import type { QueryPairs } from '../../domain/query.js';
import type { CommitEntry } from './wire/commit-entry.js';
import type { RefsResponse } from './wire/refs.js';
import type { RepoInfo, Sibling } from '../../domain/wire/repo-info.js';
import { expandFields, flag, integerParameter } from '../../domain/query-flags.js';
import { checkCommitExpandFields, checkExpandFields } from '../../domain/expand-fields.js';
import { emptyCardMetadata, type CardMetadata } from '../card/card-metadata.js';
import { RepoCardService } from './repo-card.service.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { LocalFilesService } from './local-files.service.js';
import type { CommitsPage, LocalRepo, OpenRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { RefStore } from './ref.store.js';
import { refsResponse } from './refs-response.js';
import { expandedInfo, FACT_FIELDS, repoInfo, type RepoInfoResponse } from './repo-info.js';
import { NO_FACTS, withFileMetadata, type ModelFacts } from '../facts/model-facts.js';
import { ModelFactsService } from './model-facts.service.js';
import { RevisionsService } from './revisions.service.js';
import { sibling } from './tree-entries.js';

const DEFAULT_COMMITS_PER_PAGE = 50;
const MAX_COMMITS_PER_PAGE = 1000;
const MAX_PAGE = 1_000_000;

/** Fields of the info that depend on the card. */
const CARD_FIELDS = ['cardData', 'tags', 'pipeline_tag', 'library_name', 'sdk'];

/** Fields of the info that depend on the contents of files other than the card. */
const FILE_FIELDS = ['tags', 'pipeline_tag', 'library_name', ...FACT_FIELDS];

/** Reads the info, refs and history of local repositories. */
@Injectable()
export class LocalInfoService {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly files: LocalFilesService,
    private readonly refStore: RefStore,
    private readonly commitStore: CommitStore,
    private readonly objects: ObjectStore,
    private readonly cards: RepoCardService,
    private readonly facts: ModelFactsService,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * An info that is part of a list (`isListed`) has only facts that have been read already.
   * @throws HubError `RevisionNotFound`, `BadRequest` for an unknown field in `expand`
   */
  async info(
    repository: LocalRepo,
    rest: readonly string[],
    query: QueryPairs,
    { isListed = false } = {},
  ): Promise<RepoInfoResponse> {
    const commit = await this.revisions.resolve(repository, rest.length === 0 ? 'HEAD' : rest.join('/'));
    const fields = expandFields(query);
    if (fields) checkExpandFields(repository.repo.type, fields);
    const withSiblings = !fields || fields.has('siblings');
    const isNeeded = !fields || FILE_FIELDS.some((field) => fields.has(field));
    const facts = isNeeded ? await this.factsOf(repository, commit, isListed) : NO_FACTS;
    const info = repoInfo(repository, commit, {
      siblings: withSiblings ? await this.siblings(repository, commit, flag(query, 'blobs')) : [],
      card: withFileMetadata(await this.card(repository, commit, fields), facts),
      facts,
    });
    return fields ? this.expanded(repository, info, fields) : info;
  }

  /** The card's metadata; empty if no field needs it, since parsing a long card takes as long as reading thousands of files. */
  private async card(
    repository: LocalRepo,
    commit: CommitEntity,
    fields: ReadonlySet<string> | undefined,
  ): Promise<CardMetadata> {
    const isNeeded = !fields || CARD_FIELDS.some((field) => fields.has(field));
    if (isNeeded) return this.cards.read(repository, commit);
    return emptyCardMetadata({ type: repository.repo.type, sdk: repository.sdk }, null);
  }

  /** A list has many models, so it waits for none of their files. */
  private factsOf(repository: LocalRepo, commit: CommitEntity, isListed: boolean): Promise<ModelFacts> {
    return isListed ? this.facts.readStored(repository, commit) : this.facts.readSoon(repository, commit);
  }

  async refs(repository: LocalRepo, query: QueryPairs): Promise<RefsResponse> {
    return refsResponse(await this.refStore.all(repository.id), flag(query, 'include_prs'));
  }

  /** @throws HubError `RevisionNotFound`, `BadRequest` for an unknown field in `expand` */
  async commits(repository: OpenRepo, rest: readonly string[], query: QueryPairs): Promise<CommitsPage> {
    const head = await this.revisions.resolve(repository, rest.length === 0 ? 'HEAD' : rest.join('/'));
    const fields = expandFields(query);
    if (fields) checkCommitExpandFields(fields);
    const limit = integerParameter(query, 'limit', MAX_COMMITS_PER_PAGE) || DEFAULT_COMMITS_PER_PAGE;
    const page = integerParameter(query, 'p', MAX_PAGE) ?? 0;
    const commits = await this.commitStore.history(head, page * limit, limit);
    const total = head.generation;
    const entryOf = fields?.has('formatted') ? formattedEntry : commitEntry;
    return { entries: commits.map(entryOf), total, ...((page + 1) * limit < total && { nextPage: page + 1 }) };
  }

  private async expanded(
    repository: LocalRepo,
    info: RepoInfo,
    fields: ReadonlySet<string>,
  ): Promise<RepoInfoResponse> {
    const { downloadsAllTime } = repository;
    const usedStorage = fields.has('usedStorage') ? await this.objects.usedStorage(repository.id) : 0;
    return expandedInfo({ ...info, downloadsAllTime, usedStorage, xetEnabled: this.config.xet.reads }, fields);
  }

  /** Always lists all files: older clients download exactly the files listed here. */
  private async siblings(repository: LocalRepo, commit: CommitEntity, withBlobs: boolean): Promise<Sibling[]> {
    const found = [];
    for await (const file of this.files.files(repository, commit)) found.push(file);
    const oids = withBlobs ? found.map(({ entry }) => entry.oid) : [];
    const contents = await this.objects.blobs(repository.id, oids);
    const siblings: Sibling[] = [];
    const turns = new EventLoopTurns();
    for (const file of found) {
      siblings.push(sibling(file, contents.get(file.entry.oid)));
      if (turns.isOver) await turns.next();
    }
    return siblings;
  }
}

const commitEntry = (commit: CommitEntity): CommitEntry => ({
  id: commit.oid,
  title: commit.title,
  message: commit.description,
  date: commit.createdAt.toISOString(),
  authors: [{ user: commit.authorName }],
});

const formattedEntry = (commit: CommitEntity): CommitEntry => ({
  ...commitEntry(commit),
  formatted: { title: escapeHtml(commit.title), message: escapeHtml(commit.description) },
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
