import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CommitStore } from './commit.store.js';
import { ObjectStore } from './object.store.js';
import { RefStore } from './ref.store.js';

/** The stores that commits use. */
@Injectable()
export class CommitStores {
  constructor(
    readonly refs: RefStore,
    readonly commits: CommitStore,
    readonly objects: ObjectStore,
    readonly audit: AuditLog,
  ) {}
}
