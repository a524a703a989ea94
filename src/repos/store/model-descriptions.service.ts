import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { fileMetadata, NO_FACTS, withFileMetadata } from '../facts/model-facts.js';
import { ModelFactsStore } from '../facts/model-facts.store.js';
import { CommitStore } from './commit.store.js';
import { ModelDescriptionStore, type DueModel } from './model-description.store.js';
import { ModelFactsService } from './model-facts.service.js';
import { RepoCardService } from './repo-card.service.js';
import { RepoStore } from './repo.store.js';

const SWEEP_MS = 60_000;
const DAY_MS = 24 * 60 * SWEEP_MS;

/** Describes models by their files after each change of their default branch, so that lists can be filtered by what the files show. */
@Injectable()
export class ModelDescriptions implements OnApplicationShutdown {
  private readonly logger = new Logger('Models');
  private running: Promise<void> | undefined;
  private isRequested = false;
  private isClosed = false;

  constructor(
    private readonly due: ModelDescriptionStore,
    private readonly facts: ModelFactsService,
    private readonly factsStore: ModelFactsStore,
    private readonly cards: RepoCardService,
    private readonly commits: CommitStore,
    private readonly repos: RepoStore,
  ) {}

  /** Begins to describe the models that are due, without waiting for it. */
  begin(): void {
    this.isRequested = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  @Timeout(5_000)
  first(): void {
    this.begin();
  }

  /** Finds models that other replicas have not described, for example because they stopped. */
  @Interval(SWEEP_MS)
  sweep(): void {
    this.begin();
  }

  @Interval(DAY_MS)
  async deleteOld(): Promise<void> {
    await this.factsStore.deleteOld().catch((err: unknown) => this.logger.warn({ err }, 'Old facts were not deleted'));
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.isRequested && !this.isClosed) {
        this.isRequested = false;
        for (const model of await this.due.due()) {
          if (this.isClosed) return;
          await this.describe(model);
          this.isRequested = true;
        }
      }
    } catch (err) {
      if (!this.isClosed) this.logger.warn({ err }, 'Models could not be described. The next attempt is in a minute.');
    }
  }

  private async describe(model: DueModel): Promise<void> {
    const { repositoryId, commitOid, repo } = model;
    const repository = await this.repos.find(repo);
    const commit = await this.commits.find(repositoryId, commitOid);
    if (repository?.id !== repositoryId || !commit) return this.due.postpone(model);
    const facts = await this.facts.read(repository, commit).catch((err: unknown) => {
      if (!this.isClosed) this.logger.warn({ err, repositoryId }, 'A model could not be described');
      return undefined;
    });
    if (!facts) return this.isClosed ? undefined : this.due.postpone(model);
    if (facts === NO_FACTS && !model.isDescribed) return this.due.skip(model);
    const metadata = fileMetadata(facts);
    await this.due.save(model, metadata, withFileMetadata(await this.cards.read(repository, commit), metadata));
  }
}
