import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../hub/language/hub-error.js';
import { branchRef, checkRefName, refNamesClash, tagRef } from '../../hub/rules/ref-names.js';
import type { LocalRepository } from './local-repository.js';
import { RefStore } from './ref.store.js';
import { RevisionsService } from './revisions.service.js';

/** A branch or tag to be made. */
export interface NewRef {
  readonly name: string;
  /** Where it shall point to; the head of the default branch when absent. */
  readonly revision?: string;
}

/** Makes branches and tags. */
@Injectable()
export class LocalRefsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly refs: RefStore,
    private readonly revisions: RevisionsService,
  ) {}

  /** @throws HubError `BadRequest` for an impossible name, `RevisionNotFound`, `Conflict` when there is one */
  createBranch(repository: LocalRepository, branch: NewRef): Promise<void> {
    return this.create(repository, branch, branchRef);
  }

  /** @throws HubError as `createBranch` */
  createTag(repository: LocalRepository, tag: NewRef): Promise<void> {
    return this.create(repository, tag, tagRef);
  }

  private async create(
    repository: LocalRepository,
    { name, revision = 'HEAD' }: NewRef,
    inFull: (name: string) => string,
  ): Promise<void> {
    checkRefName(name);
    const { oid } = await this.revisions.commitOf(repository, revision);
    const full = inFull(name);
    const clash = (await this.refs.all(repository.id)).find((other) => refNamesClash(full, other.name));
    if (clash) throw new HubError('Conflict', `${full} cannot exist beside ${clash.name}`);
    await this.refs.create(this.database.manager, { repositoryId: repository.id, name: full, commitOid: oid });
  }
}
