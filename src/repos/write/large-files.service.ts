import { buffer, text as readText } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { StoredFile, WrittenFiles } from '../store/commit-input.js';
import type { LocalRepo } from '../store/local-repo.js';
import { isLfsPointer, MAX_POINTER_BYTES } from '../store/lfs-pointer.js';
import { RevisionsService } from '../store/revisions.service.js';
import { FileRules, MAX_RULES_BYTES } from './file-rules.service.js';
import { MatchingTurns } from './matching-turns.js';
import { needsSample, SAMPLE_BYTES, uploadMode } from './upload-mode.js';

const ATTRIBUTES = /^(?:(.*)\/)?\.gitattributes$/s;

/**
 * Selects the files that git stores as pointers of large files, although the client sent their content inside the commit. The rules are those
 * of the preupload, which the client did not call or did not follow.
 */
@Injectable()
export class LargeFilesService {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly rules: FileRules,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * @returns the paths of these files
   * @throws HubError `BadRequest` if the patterns take too long to match
   */
  async select(repository: LocalRepo, branch: string, written: WrittenFiles): Promise<ReadonlySet<string>> {
    if (written.files.length === 0) return new Set();
    const head = await this.revisions.resolve(repository, branch);
    const paths = written.files.map(({ path }) => path);
    const attributes = await this.rules.attributes(head, paths, await this.changedAttributes(written));
    const selected = new Set<string>();
    const turns = new MatchingTurns(written.files.length);
    for (const file of written.files) {
      const budget = await turns.next();
      const sample = needsSample(file.size) ? await this.firstBytes(file, SAMPLE_BYTES) : new Uint8Array();
      if (uploadMode({ ...file, sample }, attributes, budget) === 'lfs' && !(await this.isPointer(file)))
        selected.add(file.path);
    }
    return selected;
  }

  /** The attributes of folders after the commit, by folder; `undefined` if the commit deletes them. */
  private async changedAttributes({ files, deleted }: WrittenFiles): Promise<Map<string, string | undefined>> {
    const changed = new Map<string, string | undefined>();
    for (const path of deleted) {
      const match = ATTRIBUTES.exec(path);
      if (match) changed.set(match[1] ?? '', undefined);
    }
    for (const { path, sha256, size } of files) {
      const match = ATTRIBUTES.exec(path);
      if (match && size <= MAX_RULES_BYTES) changed.set(match[1] ?? '', await readText(this.blobs.open(sha256)));
    }
    return changed;
  }

  /** Whether the client has committed a pointer itself, as git does. */
  private async isPointer(file: StoredFile): Promise<boolean> {
    return file.size <= MAX_POINTER_BYTES && isLfsPointer((await this.firstBytes(file, MAX_POINTER_BYTES)).toString());
  }

  private firstBytes({ sha256, size }: StoredFile, count: number): Promise<Buffer> {
    return buffer(this.blobs.open(sha256, { start: 0, end: Math.min(count, size) - 1 }));
  }
}
