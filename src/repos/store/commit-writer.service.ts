import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredCard } from '../card/card-metadata.js';
import type { AppliedCommit } from './apply-commit.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { ObjectStore } from './object.store.js';
import { RepoStore } from './repo.store.js';

/** Objects to write with a commit. */
export interface CommitObjects {
  readonly applied: AppliedCommit;
  readonly blobs: readonly BlobEntity[];
  /** New card metadata; undefined if the commit does not change the card or is not on the default branch. */
  readonly card?: StoredCard;
}

/** Writes a commit with its trees and blobs in the caller's transaction. The caller moves the ref. */
@Injectable()
export class CommitWriterService {
  constructor(
    private readonly repos: RepoStore,
    private readonly commits: CommitStore,
    private readonly objects: ObjectStore,
  ) {}

  async write(m: EntityManager, commit: CommitEntity, { applied, blobs, card }: CommitObjects): Promise<void> {
    await this.objects.addBlobs(m, blobs);
    await this.objects.addTrees(m, commit.repositoryId, applied.trees);
    await this.commits.add(m, commit, applied.changed);
    if (card) await this.repos.updateCard(m, commit.repositoryId, card);
    await this.repos.updateChangedAt(m, commit.repositoryId, commit.createdAt);
  }
}
