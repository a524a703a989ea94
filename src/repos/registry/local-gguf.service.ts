import { Injectable } from '@nestjs/common';
import { LocalFilesService } from '../store/local-files.service.js';
import type { OpenRepo } from '../store/local-repo.js';
import { ModelFactsService } from '../store/model-facts.service.js';
import { ObjectStore } from '../store/object.store.js';
import { RevisionsService } from '../store/revisions.service.js';
import type { PathEntry } from '../store/walk-tree.js';
import { lfsPointer } from '../store/lfs-pointer.js';
import type { RepoFile } from '../facts/gguf-files.js';
import { isRegistryFile, type GgufRepo } from './gguf-repo.js';

/** Lists the files of local repositories for registry clients. */
@Injectable()
export class LocalGguf {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly files: LocalFilesService,
    private readonly objects: ObjectStore,
    private readonly facts: ModelFactsService,
  ) {}

  /** @throws HubError `RevisionNotFound` */
  async read(repository: OpenRepo): Promise<GgufRepo> {
    const commit = await this.revisions.resolve(repository, 'HEAD');
    const found: PathEntry[] = [];
    for await (const file of this.files.files(repository, commit)) if (isRegistryFile(file.path)) found.push(file);
    const blobs = await this.objects.blobs(
      repository.id,
      found.map(({ entry }) => entry.oid),
    );
    const files = found.flatMap(({ path, entry }): RepoFile[] => {
      const blob = blobs.get(entry.oid);
      if (!blob) return [];
      const { sha256, size, lfs } = blob;
      return [{ path, size, oid: entry.oid, sha256, ...(lfs && { pointerSize: lfsPointer(sha256, size).length }) }];
    });
    const { gguf } = await this.facts.read(repository, commit);
    return { repo: repository.repo, commit: commit.oid, files, gguf, headers: {} };
  }
}
