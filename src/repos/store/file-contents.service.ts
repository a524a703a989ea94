import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import type { BufferBudget } from '../../platform/storage/buffer-budget.js';
import type { UploadSession } from '../quota/upload-session.js';
import type { BlobEntity } from './blob.entity.js';
import type { SpooledContent } from './commit-input.js';
import { ContentReferences } from './content-references.service.js';
import { objectHasher, objectId } from './git-objects.js';

/** A blob that can be added to any repository. */
export type NewBlob = Omit<BlobEntity, 'repositoryId'>;

/** The content of a file that a client sends inside a commit. */
export interface NewFile {
  readonly path: string;
  readonly content: Buffer | SpooledContent;
  /** For stores that buffer content. Not limited by default. */
  readonly memory?: BufferBudget;
}

/** A file whose content is in memory. */
export interface SmallFile {
  readonly path: string;
  readonly content: Buffer;
}

const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** Stores the contents of files. */
@Injectable()
export class FileContents {
  constructor(private readonly references: ContentReferences) {}

  /**
   * Stores the content of a file, which may then be committed to any repository of the session's namespace.
   *
   * @throws HubError as `UploadSession.add`; nothing is stored then
   */
  async store({ path, content, memory }: NewFile, session: UploadSession): Promise<NewBlob> {
    const announced = Buffer.isBuffer(content) ? { sha256: sha256Of(content), size: content.length } : content;
    await session.add([{ ...announced, path }]);
    const pieces = (): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
      Buffer.isBuffer(content) ? [content] : content.open();
    const received = Buffer.isBuffer(content) ? content : content.open();
    const { sha256, size } = await this.references.put(received, { ...announced, memory });
    // Git's hash covers the length before the content, so the content is read a second time.
    const hash = objectHasher('blob', size);
    for await (const piece of pieces()) hash.update(piece);
    return { oid: hash.digest('hex'), sha256, size, lfs: false };
  }

  /**
   * Stores the contents of small files together. The results are in the order of the files.
   *
   * @throws HubError as `store`
   */
  async storeAll(files: readonly SmallFile[], session: UploadSession): Promise<NewBlob[]> {
    const turns = new EventLoopTurns();
    const contents = new Map<string, Buffer>();
    const blobs: NewBlob[] = [];
    for (const { content } of files) {
      const sha256 = sha256Of(content);
      contents.set(sha256, content);
      blobs.push({ oid: objectId('blob', content), sha256, size: content.length, lfs: false });
      if (turns.isOver) await turns.next();
    }
    await session.add(blobs.map(({ sha256, size }, n) => ({ sha256, size, path: files[n]!.path })));
    await this.references.putAll(contents);
    return blobs;
  }
}
