import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { RepoId } from '../../domain/repo-id.js';
import { CardTextStore } from './card-text.store.js';
import { CommitStore } from './commit.store.js';
import { branchRef, DEFAULT_BRANCH } from './ref-names.js';
import { RefStore } from './ref.store.js';
import { RepoCardService } from './repo-card.service.js';
import { RepoStore } from './repo.store.js';

const PASS_MS = 10 * 60_000;
const BATCH = 50;

/** Adds the cards that were committed before the full-text index existed, in the background. Replicas may do this at the same time. */
@Injectable()
export class CardTexts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Cards');
  private running: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    private readonly texts: CardTextStore,
    private readonly repos: RepoStore,
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
    private readonly cards: RepoCardService,
  ) {}

  /** The start does not wait for it. */
  onApplicationBootstrap(): void {
    void this.fill();
  }

  /** Repeats cards that could not be read. */
  @Interval(PASS_MS)
  retry(): void {
    void this.fill();
  }

  /** Adds all missing cards; resolves when they have been tried. */
  fill(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    let last = 0;
    try {
      for (;;) {
        const missing = await this.texts.missing(last, BATCH);
        for (const { id, ...repo } of missing) {
          if (this.isClosed) return;
          await this.add(id, repo);
          last = id;
        }
        if (missing.length < BATCH) return;
      }
    } catch (err) {
      if (!this.isClosed) this.logger.warn({ err }, 'Cards could not be indexed. The next attempt is in ten minutes.');
    }
  }

  private async add(id: number, repo: RepoId): Promise<void> {
    const repository = await this.repos.find(repo);
    if (repository?.id !== id) return;
    const head = branchRef(DEFAULT_BRANCH);
    const oid = (await this.refs.find(id, [head])).get(head);
    const commit = oid === undefined ? undefined : await this.commits.find(id, oid);
    const text = commit ? await this.cards.text(repository, commit) : '';
    if (text !== undefined) await this.texts.add(id, text);
  }
}
