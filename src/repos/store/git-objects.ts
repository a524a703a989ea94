import { createHash } from 'node:crypto';

/** Git's modes that the hub writes; others (an executable, a symbolic link) are kept as they are. */
export const FILE_MODE = '100644';
export const FOLDER_MODE = '40000';

/** One line of a git tree. */
export interface GitEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

/** Who wrote a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly at: Date;
}

/** What a commit's id is computed from. The committer is the author. */
export interface CommitContent {
  readonly treeOid: string;
  readonly parentOid: string | undefined;
  readonly author: Signature;
  readonly title: string;
  readonly description: string;
}

export const isFolder = (entry: GitEntry): boolean => entry.mode === FOLDER_MODE;

/** An object's id as git computes it: SHA-1 over its kind, its length and its body. Clients compare these ids with their own. */
export function objectId(kind: 'blob' | 'tree' | 'commit', body: Uint8Array): string {
  return objectHasher(kind, body.byteLength).update(body).digest('hex');
}

/** The same for a body that comes in pieces and whose length is known. */
export function objectHasher(kind: 'blob' | 'tree' | 'commit', length: number) {
  return createHash('sha1').update(`${kind} ${length}\0`);
}

/** Git sorts a tree by the bytes of its names, a folder's name as if it ended in `/`. */
const sortKey = (entry: GitEntry): Buffer => Buffer.from(isFolder(entry) ? `${entry.name}/` : entry.name);

/** The body of a tree object. */
export function encodeTree(entries: readonly GitEntry[]): Buffer {
  const keyed = entries.map((entry) => ({ entry, key: sortKey(entry) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    keyed.flatMap(({ entry }) => [Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.oid, 'hex')]),
  );
}

/** The entries of a tree object's body, in git's order. */
export function decodeTree(body: Buffer): GitEntry[] {
  const entries: GitEntry[] = [];
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const end = body.indexOf(0, space);
    entries.push({
      mode: body.toString('latin1', at, space),
      name: body.toString('utf8', space + 1, end),
      oid: body.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** The body of a commit object, in UTC. */
export function encodeCommit(commit: CommitContent): Buffer {
  const { name, email, at } = commit.author;
  const who = `${name} <${email}> ${Math.floor(at.getTime() / 1000)} +0000`;
  const message = commit.description === '' ? commit.title : `${commit.title}\n\n${commit.description}`;
  const head = [
    `tree ${commit.treeOid}`,
    ...(commit.parentOid ? [`parent ${commit.parentOid}`] : []),
    `author ${who}`,
    `committer ${who}`,
  ];
  return Buffer.from(`${head.join('\n')}\n\n${message}\n`);
}
