import { HubError } from '../../domain/hub-error.js';
import type { CommitOperation, SpooledContent } from './commit-input.js';
import { isGitattributesAlias, isGitmodulesAlias } from '../../domain/git-aliases.js';
import { quotePath } from './check-commit-path.js';
import { gitmodulesError } from './submodule-rules.js';

/** Real files have a few lines for each submodule. */
const MAX_GITMODULES_BYTES = 1024 ** 2;
/** Limits of git (attr.h): it ignores longer lines and larger files, and `git fsck` rejects them. */
const MAX_GITATTRIBUTES_BYTES = 100 * 1024 ** 2;
const MAX_GITATTRIBUTES_LINE_BYTES = 2047;

const LINE_END = 0x0a;

/**
 * Validates the content of a file that git itself reads: `.gitmodules` and `.gitattributes`, in any folder and under any name that a file
 * system takes for theirs.
 *
 * @throws HubError `BadRequest` if `git fsck` would reject the file
 */
export async function checkGitFile(operation: CommitOperation): Promise<void> {
  if (operation.kind !== 'file' && operation.kind !== 'lfsFile') return;
  const problem = await contentError(operation);
  if (problem !== undefined) throw new HubError('BadRequest', `The file ${quotePath(operation.path)} ${problem}`);
}

async function contentError(operation: CommitOperation & { kind: 'file' | 'lfsFile' }): Promise<string | undefined> {
  const name = operation.path.slice(operation.path.lastIndexOf('/') + 1);
  const isGitmodules = isGitmodulesAlias(name);
  if (!isGitmodules && !isGitattributesAlias(name)) return undefined;
  if (operation.kind === 'lfsFile')
    return isGitmodules
      ? 'cannot be stored with Git LFS, because git reads it. Upload it as a regular file.'
      : undefined;
  const { content } = operation;
  return (isGitmodules ? await submodulesError(content) : undefined) ?? (await attributesError(name, content));
}

async function submodulesError(content: Buffer | SpooledContent): Promise<string | undefined> {
  if (sizeOf(content) > MAX_GITMODULES_BYTES) return `is larger than ${MAX_GITMODULES_BYTES} bytes`;
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(content)) chunks.push(chunk);
  return gitmodulesError(Buffer.concat(chunks).toString('latin1'));
}

async function attributesError(name: string, content: Buffer | SpooledContent): Promise<string | undefined> {
  if (!isGitattributesAlias(name)) return undefined;
  if (sizeOf(content) > MAX_GITATTRIBUTES_BYTES) return `is larger than ${MAX_GITATTRIBUTES_BYTES} bytes`;
  let length = 0;
  for await (const chunk of chunksOf(content)) {
    for (const byte of chunk) {
      length = byte === LINE_END ? 0 : length + 1;
      if (length > MAX_GITATTRIBUTES_LINE_BYTES) return `has a line longer than ${MAX_GITATTRIBUTES_LINE_BYTES} bytes`;
    }
  }
  return undefined;
}

const sizeOf = (content: Buffer | SpooledContent): number => (Buffer.isBuffer(content) ? content.length : content.size);

const chunksOf = (content: Buffer | SpooledContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
  Buffer.isBuffer(content) ? [content] : content.open();
