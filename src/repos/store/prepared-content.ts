import type { CommitInput } from './commit-input.js';
import type { WrittenContent } from './content-writer.service.js';

/** Content with the `.gitattributes` that large files need, which depends on the commit that is built on. */
export interface PreparedContent extends WrittenContent {
  /** The head of the branch; `undefined` if the content does not depend on it. */
  readonly headOid?: string;
  /** The content if the head is this commit already, so that it is built on its parent. */
  readonly onParent?: WrittenContent;
}

/** The operation that writes `.gitattributes`. */
export const attributesFile = (text: string): Pick<CommitInput, 'operations'> => ({
  operations: [{ kind: 'file', path: '.gitattributes', content: Buffer.from(text) }],
});

/** Adds the content of `.gitattributes`, which replaces the file of the commit. */
export const withAttributes = (written: WrittenContent, attributes: WrittenContent): WrittenContent => ({
  ...written,
  operations: [...written.operations, ...attributes.operations],
  blobs: [...written.blobs, ...attributes.blobs],
});
