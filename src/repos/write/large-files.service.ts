import { buffer, text as readText } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { StoredFile, WrittenFiles } from '../store/commit-input.js';
import type { LocalRepo } from '../store/local-repo.js';
import { isLfsPointer, MAX_POINTER_BYTES } from '../store/lfs-pointer.js';
import { RevisionsService } from '../store/revisions.service.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { FileRules, MAX_RULES_BYTES } from './file-rules.service.js';
import { MatchingTurns } from './matching-turns.js';
import { needsSample, SAMPLE_BYTES, uploadMode } from './upload-mode.js';

/** Git ignores longer lines. */
const MAX_LINE_LENGTH = 2000;

/** As git-lfs writes it: characters with a meaning in patterns are escaped, spaces would end the pattern. */
const attributesLine = (path: string): string =>
  `${path.replaceAll(/[*?[\]\\]|^[!#"]/g, '\\$&').replaceAll(' ', '[[:space:]]')} filter=lfs diff=lfs merge=lfs -text`;

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

  /**
   * The text of `.gitattributes` after a commit, with a line for each LFS object that git would otherwise check out as a pointer, as on
   * huggingface.co. `undefined` if no line is missing, or if the file would be too long.
   *
   * @throws HubError `BadRequest` if the patterns take too long to match
   */
  async attributesFor(head: CommitEntity, written: WrittenFiles): Promise<string | undefined> {
    const changed = await this.changedAttributes(written);
    const isTooLong = written.files.some(({ path, size }) => path === '.gitattributes' && size > MAX_RULES_BYTES);
    const text = changed.has('') ? (changed.get('') ?? '') : await this.rules.rootAttributes(head);
    if (text === undefined || isTooLong) return undefined;
    const attributes = await this.rules.attributes(head, written.large, changed);
    const turns = new MatchingTurns(written.large.length);
    const lines = new Set<string>();
    for (const path of written.large)
      if (attributes.filter(path, await turns.next()) !== 'lfs') lines.add(attributesLine(path));
    const missing = [...lines].filter((line) => line.length < MAX_LINE_LENGTH && !text.split('\n').includes(line));
    const added = [text.replace(/(?<=[^\n])$/, '\n'), ...missing.map((line) => `${line}\n`)].join('');
    return missing.length === 0 || Buffer.byteLength(added) > MAX_RULES_BYTES ? undefined : added;
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
