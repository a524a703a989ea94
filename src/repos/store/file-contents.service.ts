import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UploadSession } from '../quota/upload-session.js';
import type { BlobEntity } from './blob.entity.js';
import type { SpooledContent } from './commit-input.js';
import { ContentReferences } from './content-references.service.js';
import { objectHasher } from './git-objects.js';

/** A blob that can be added to any repository. */
export type NewBlob = Omit<BlobEntity, 'repositoryId'>;

/** The content of a file that a client sends inside a commit. */
export interface NewFile {
  readonly path: string;
  readonly content: Buffer | SpooledContent;
}

/** Stores the contents of files. */
@Injectable()
export class FileContents {
  constructor(private readonly references: ContentReferences) {}

  /**
   * Stores the content of a file, which may then be committed to any repository of the session's namespace.
   *
   * @throws HubError as `UploadSession.add`; nothing is stored then
   */
  async store({ path, content }: NewFile, session: UploadSession): Promise<NewBlob> {
    const announced = Buffer.isBuffer(content)
      ? { sha256: createHash('sha256').update(content).digest('hex'), size: content.length }
      : content;
    await session.add(announced, path);
    const pieces = (): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
      Buffer.isBuffer(content) ? [content] : content.open();
    const { sha256, size } = await this.references.put(Buffer.isBuffer(content) ? content : content.open(), announced);
    // Git's hash covers the length before the content, so the content is read a second time.
    const hash = objectHasher('blob', size);
    for await (const piece of pieces()) hash.update(piece);
    return { oid: hash.digest('hex'), sha256, size, lfs: false };
  }
}
