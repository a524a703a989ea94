import { createHash } from 'node:crypto';
import { sortSteps } from '../../domain/sort-steps.js';

/** Entries that are encoded in one step. */
const STEP_LENGTH = 2_000;

/** The git file modes that the hub writes. Others (executables, symbolic links) are preserved. */
export const FILE_MODE = '100644';
export const FOLDER_MODE = '40000';

/** An entry of a git tree. */
export interface GitEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

/** Author and date of a commit. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly at: Date;
}

/** The fields from which a commit's id is computed. The committer is always the author. */
export interface CommitContent {
  readonly treeOid: string;
  readonly parentOid: string | undefined;
  readonly author: Signature;
  readonly title: string;
  readonly description: string;
}

export const isFolder = (entry: GitEntry): boolean => entry.mode === FOLDER_MODE;

/** The kinds of git objects. */
export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

/** Computes an object's id as git does: SHA-1 over its kind, length and body. Clients compare these ids with their own. */
export function objectId(kind: ObjectKind, body: Uint8Array): string {
  return objectHasher(kind, body.byteLength).update(body).digest('hex');
}

/** A hasher for the id of an object whose body is read in pieces. The length must be known in advance. */
export function objectHasher(kind: ObjectKind, length: number) {
  return createHash('sha1').update(`${kind} ${length}\0`);
}

/** Git sorts tree entries by the bytes of their names; folder names are compared as if they ended in `/`. */
const sortKey = (entry: GitEntry): Buffer => Buffer.from(isFolder(entry) ? `${entry.name}/` : entry.name);

/** Encodes the body of a tree object in steps, since a folder of 100,000 files takes a quarter of a second. */
export function* encodeTreeSteps(entries: readonly GitEntry[]): Generator<void, Buffer> {
  const keyed: { readonly entry: GitEntry; readonly key: Buffer }[] = [];
  for (const entry of entries) if (keyed.push({ entry, key: sortKey(entry) }) % STEP_LENGTH === 0) yield;
  const sorted = yield* sortSteps(keyed, (a, b) => Buffer.compare(a.key, b.key));
  const parts: Buffer[] = [];
  for (let at = 0; at < sorted.length; at += STEP_LENGTH) {
    const batch = sorted.slice(at, at + STEP_LENGTH);
    parts.push(
      Buffer.concat(
        batch.flatMap(({ entry }) => [Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.oid, 'hex')]),
      ),
    );
    yield;
  }
  return Buffer.concat(parts);
}

/** Decodes the entries of a tree object one by one, in git's order. */
export function* decodeTree(body: Buffer): Generator<GitEntry> {
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const end = body.indexOf(0, space);
    yield {
      mode: body.toString('latin1', at, space),
      name: body.toString('utf8', space + 1, end),
      oid: body.toString('hex', end + 1, end + 21),
    };
    at = end + 21;
  }
}

const encodeSignature = ({ name, email, at }: Signature): string =>
  `${name} <${email}> ${Math.floor(at.getTime() / 1000)} +0000`;

/** Encodes the body of a commit object. Dates are in UTC. */
export function encodeCommit(commit: CommitContent): Buffer {
  const signature = encodeSignature(commit.author);
  const message = commit.description === '' ? commit.title : `${commit.title}\n\n${commit.description}`;
  const head = [
    `tree ${commit.treeOid}`,
    ...(commit.parentOid ? [`parent ${commit.parentOid}`] : []),
    `author ${signature}`,
    `committer ${signature}`,
  ];
  return Buffer.from(`${head.join('\n')}\n\n${message}\n`);
}

/** The fields from which the id of an annotated tag is computed. */
export interface TagContent {
  readonly commitOid: string;
  /** Short name. */
  readonly name: string;
  readonly tagger: Signature;
  readonly message: string;
}

/** Encodes the body of the tag object of an annotated tag. */
export function encodeTag({ commitOid, name, tagger, message }: TagContent): Buffer {
  const head = [`object ${commitOid}`, 'type commit', `tag ${name}`, `tagger ${encodeSignature(tagger)}`];
  return Buffer.from(`${head.join('\n')}\n\n${message}\n`);
}
