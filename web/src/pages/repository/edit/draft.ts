import { ask } from '@/api/client';
import { createCommit } from '@/api/commits';
import { fetchPathsInfo, readFileStart, type PathAt, type TreeEntry } from '@/api/files';
import { ApiError } from '@/api/api-error';
import { apiUrl } from '@/api/repo-urls';
import type { Refs } from '@/api/repository';

const LONGEST = 1_000_000;
const TRIES = 3;

/** A text as it was opened. */
export interface Draft {
  readonly text: string;
  /** Were its lines ended the way Windows does it? The browser's own field knows only the other way. */
  readonly crlf: boolean;
  /** The commit that it was read from. */
  parent: string;
  /** The id of what was read; undefined for a new file. */
  oid: string | undefined;
}

/** Somebody else has changed the file since it was opened. */
export class EditConflict extends Error {}

/** The file is none that can be edited here. */
export class NotEditable extends Error {}

async function headOf({ repo, revision }: PathAt): Promise<string> {
  const { branches } = (await (await ask(`${apiUrl(repo)}/refs`)).json()) as Refs;
  const branch = branches.find(({ name }) => name === revision);
  if (!branch) throw new NotEditable(`“${revision}” is no branch: only what is on a branch can be changed.`);
  return branch.targetCommit;
}

const entryAt = async ({ repo, path }: PathAt, revision: string): Promise<TreeEntry | undefined> =>
  (await fetchPathsInfo({ repo, revision }, [path]))[0];

function textOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // told below
  }
  throw new NotEditable('This file is no text.');
}

/** Opens a file at its branch's head. @throws NotEditable */
export async function openDraft(at: PathAt): Promise<Draft> {
  const parent = await headOf(at);
  const entry = await entryAt(at, parent);
  if (entry?.type !== 'file') throw new NotEditable(`There is no file ${at.path} on ${at.revision}.`);
  if (entry.lfs) throw new NotEditable('This is a large file: upload another one in its place.');
  if (entry.size > LONGEST) throw new NotEditable('This file is too long to be edited here: upload another one.');
  const whole = textOf(await readFileStart({ ...at, revision: parent }, entry, LONGEST));
  const crlf = whole.includes('\r\n');
  return { text: whole.replace(/\r\n?/g, '\n'), crlf, parent, oid: entry.oid };
}

/** A file that is not there yet. @throws NotEditable */
export const newDraft = async (at: PathAt): Promise<Draft> => ({
  ...{ text: '', crlf: false, oid: undefined },
  parent: await headOf(at),
});

/** What a save needs besides the draft. */
export interface Save {
  readonly at: PathAt;
  readonly text: string;
  readonly summary: string;
  readonly description?: string;
}

/**
 * Commits a draft. A commit that came in between is no obstacle where it has left this file alone.
 * @throws EditConflict where it has not; the draft is as it was
 */
export async function saveDraft(draft: Draft, { at, text, summary, description }: Save): Promise<void> {
  const content = draft.crlf ? text.replaceAll('\n', '\r\n') : text;
  for (let tried = 1; ; tried += 1) {
    if ((await entryAt(at, draft.parent))?.oid !== draft.oid) throw new EditConflict();
    try {
      const files = [{ path: at.path, content }];
      await createCommit(at.repo, at.revision, { summary, description, parentCommit: draft.parent, files });
      return;
    } catch (error) {
      const stale = error instanceof ApiError && (error.status === 412 || error.status === 409);
      if (!stale || tried === TRIES) throw error;
      const head = await headOf(at);
      if ((await entryAt(at, head))?.oid !== draft.oid) throw new EditConflict();
      draft.parent = head;
    }
  }
}

/** Makes a draft follow what is there now, so that it takes its place. */
export async function rebaseDraft(draft: Draft, at: PathAt): Promise<void> {
  draft.parent = await headOf(at);
  draft.oid = (await entryAt(at, draft.parent))?.oid;
}
