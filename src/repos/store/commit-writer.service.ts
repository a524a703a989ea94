import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CardMetadata } from '../card/card-metadata.js';
import type { AppliedCommit } from './apply-commit.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { ObjectStore } from './object.store.js';
import { RepoStore } from './repo.store.js';

/** What a commit brings along. */
export interface CommitCargo {
  readonly applied: AppliedCommit;
  readonly blobs: readonly BlobEntity[];
  /** What the card says from now on; absent when the commit leaves it as it is, or is not on the default branch. */
  readonly card?: CardMetadata;
}

/** Writes a commit with its trees and blobs, inside the caller's transaction. Moving a ref to it is the caller's. */
@Injectable()
export class CommitWriterService {
  constructor(
    private readonly repos: RepoStore,
    private readonly commits: CommitStore,
    private readonly objects: ObjectStore,
  ) {}

  async write(m: EntityManager, commit: CommitEntity, { applied, blobs, card }: CommitCargo): Promise<void> {
    await this.objects.addBlobs(m, blobs);
    await this.objects.addTrees(m, commit.repositoryId, applied.trees);
    await this.commits.add(m, commit, applied.changed);
    if (card) await this.repos.noteCard(m, commit.repositoryId, card);
    await this.repos.noteChange(m, commit.repositoryId, commit.createdAt);
  }
}
