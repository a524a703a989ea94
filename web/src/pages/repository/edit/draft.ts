import { fetchApi } from '@/api/client';
import { createCommit } from '@/api/commits';
import { fetchPathsInfo, readFileStart, type PathAt, type TreeEntry } from '@/api/files';
import { ApiError } from '@/api/api-error';
import { apiUrl } from '@/api/repo-urls';
import type { Refs } from '@/api/repository';
import { decodeText } from '../previews/decode-text';

const MAX_BYTES = 1_000_000;
const MAX_ATTEMPTS = 3;

/** An opened text file, based on a commit. */
export interface Draft {
  readonly text: string;
  /** Whether the file has CRLF line endings; a text area normalizes them to LF. */
  readonly crlf: boolean;
  /** The commit that the file was read from. */
  parent: string;
  /** Git id of the content; `undefined` for a new file. */
  oid: string | undefined;
}

/** The file was changed on the branch after it was opened. */
export class EditConflict extends Error {}

/** The file cannot be edited in the browser; the message has the reason. */
export class NotEditable extends Error {}

async function headOf({ repo, revision }: PathAt): Promise<string> {
  const { branches } = (await (await fetchApi(`${apiUrl(repo)}/refs`)).json()) as Refs;
  const branch = branches.find(({ name }) => name === revision);
  if (!branch) throw new NotEditable(`“${revision}” is not a branch. Only files on a branch can be edited.`);
  return branch.targetCommit;
}

const entryAt = async ({ repo, path }: PathAt, revision: string): Promise<TreeEntry | undefined> =>
  (await fetchPathsInfo({ repo, revision }, [path]))[0];

function decodeUtf8(bytes: Uint8Array): string {
  const encoding = decodeText(bytes)?.encoding;
  if (encoding === undefined) throw new NotEditable('Not a text file');
  if (encoding !== 'UTF-8')
    throw new NotEditable(`This file is encoded in ${encoding}. Upload a version in UTF-8 to edit it here.`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/**
 * Opens a file at the head of its branch.
 * @throws NotEditable
 */
export async function openDraft(at: PathAt): Promise<Draft> {
  const parent = await headOf(at);
  const entry = await entryAt(at, parent);
  if (entry?.type !== 'file') throw new NotEditable(`${at.path} does not exist on ${at.revision}.`);
  if (entry.lfs) throw new NotEditable('Files stored with Git LFS can’t be edited here. Upload a new version instead.');
  if (entry.size > MAX_BYTES)
    throw new NotEditable('This file is too large to edit here. Upload a new version instead.');
  const content = decodeUtf8(await readFileStart({ ...at, revision: parent }, entry, MAX_BYTES));
  const crlf = content.includes('\r\n');
  return { text: content.replace(/\r\n?/g, '\n'), crlf, parent, oid: entry.oid };
}

/**
 * Starts a new file.
 * @throws NotEditable
 */
export const newDraft = async (at: PathAt): Promise<Draft> => ({
  text: '',
  crlf: false,
  oid: undefined,
  parent: await headOf(at),
});

export interface Save {
  readonly at: PathAt;
  readonly text: string;
  readonly summary: string;
  readonly description?: string;
}

/**
 * Commits a draft. Other commits in the meantime are allowed, as long as they did not change this file.
 * @throws EditConflict if they did; the draft is unchanged
 */
export async function saveDraft(draft: Draft, { at, text, summary, description }: Save): Promise<void> {
  const content = draft.crlf ? text.replaceAll('\n', '\r\n') : text;
  for (let attempt = 1; ; attempt += 1) {
    if ((await entryAt(at, draft.parent))?.oid !== draft.oid) throw new EditConflict();
    try {
      const files = [{ path: at.path, content }];
      await createCommit(at.repo, at.revision, { summary, description, parentCommit: draft.parent, files });
      return;
    } catch (error) {
      const stale = error instanceof ApiError && (error.status === 412 || error.status === 409);
      if (!stale || attempt === MAX_ATTEMPTS) throw error;
      const head = await headOf(at);
      if ((await entryAt(at, head))?.oid !== draft.oid) throw new EditConflict();
      draft.parent = head;
    }
  }
}

/** Moves a draft to the current head, so that saving overwrites the newer version. */
export async function rebaseDraft(draft: Draft, at: PathAt): Promise<void> {
  draft.parent = await headOf(at);
  draft.oid = (await entryAt(at, draft.parent))?.oid;
}
