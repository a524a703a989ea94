import { Injectable } from '@nestjs/common';
import { LocalFilesService } from './local-files.service.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';
import { RevisionsService } from './revisions.service.js';

/** Files whose sizes are read together. */
const BATCH_SIZE = 4000;

/** The size of a folder or file, in the format of huggingface.co. */
export interface FolderSize {
  readonly path: string;
  /** Bytes of all files in the folder, with the content of large files. */
  readonly size: number;
}

/** Sums up the sizes of files. */
@Injectable()
export class FolderSizes {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly files: LocalFilesService,
    private readonly objects: ObjectStore,
  ) {}

  /**
   * @param rest - the revision and then the path
   * @throws HubError `RevisionNotFound`, `EntryNotFound`
   */
  async sizeOf(repository: LocalRepo, rest: readonly string[]): Promise<FolderSize> {
    const at = await this.revisions.splitPath(repository, rest);
    let size = 0;
    let oids: string[] = [];
    for await (const { entry } of this.files.filesAt(repository, at)) {
      if (oids.push(entry.oid) < BATCH_SIZE) continue;
      size += await this.sumOf(repository, oids);
      oids = [];
    }
    return { path: at.path.join('/'), size: size + (await this.sumOf(repository, oids)) };
  }

  /** A file counts as often as the folder has it. */
  private async sumOf({ id }: LocalRepo, oids: readonly string[]): Promise<number> {
    const blobs = await this.objects.blobs(id, oids);
    return oids.reduce((sum, oid) => sum + (blobs.get(oid)?.size ?? 0), 0);
  }
}
