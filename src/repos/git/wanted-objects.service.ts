import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { CommitEntity } from '../store/commit.entity.js';
import type { LocalRepo } from '../store/local-repo.js';
import { ReadableObjectsService } from '../store/readable-objects.service.js';
import { RefStore, type TagObject } from '../store/ref.store.js';
import { RevisionsService } from '../store/revisions.service.js';

/** The objects that a git client names in its request. */
export interface WantedObjects {
  /** Includes the commits of wanted tags. */
  readonly commits: readonly CommitEntity[];
  readonly tags: readonly TagObject[];
  /** Folders and files that a partial clone does not have. */
  readonly trees: readonly string[];
  readonly blobs: readonly string[];
}

/** Looks up the objects that a git client wants, by their ids. */
@Injectable()
export class WantedObjectsService {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly refs: RefStore,
    private readonly readable: ReadableObjectsService,
  ) {}

  /** @throws HubError `BadRequest` for an object that the repository does not have, or that is hidden from the caller */
  async find(repository: LocalRepo, wants: readonly string[]): Promise<WantedObjects> {
    const oids = [...new Set(wants)];
    const commits = await this.revisions.readableCommits(repository, oids);
    const others = oids.filter((oid) => !commits.has(oid));
    if (others.length === 0) return { commits: [...commits.values()], tags: [], trees: [], blobs: [] };
    const tags = await this.refs.tagObjects(repository.id, others);
    const tagOids = new Set(tags.map(({ oid }) => oid));
    const taggedCommits = await this.revisions.readableCommits(
      repository,
      tags.map(({ commitOid }) => commitOid),
    );
    const { trees, blobs } = await this.readable.find(
      repository,
      others.filter((oid) => !tagOids.has(oid)),
    );
    const missing = others.find((oid) => !tagOids.has(oid) && !trees.has(oid) && !blobs.has(oid));
    if (missing !== undefined) throw new HubError('BadRequest', `This repository has no object ${missing}.`);
    return {
      commits: [...new Map([...commits, ...taggedCommits]).values()],
      tags,
      trees: [...trees],
      blobs: [...blobs],
    };
  }
}
