import { Injectable } from '@nestjs/common';
import { CommitStore } from './commit.store.js';
import { ObjectStore } from './object.store.js';
import { RefStore } from './ref.store.js';

/** The stores that `LocalCommitsService` uses. */
@Injectable()
export class CommitStores {
  constructor(
    readonly refs: RefStore,
    readonly commits: CommitStore,
    readonly objects: ObjectStore,
  ) {}
}
