import { encodeCommit, objectId } from './git-objects.js';
import type { CommitEntity } from './commit.entity.js';

/** A commit that replaces another one. */
export interface RewrittenCommit {
  readonly before: CommitEntity;
  readonly after: CommitEntity;
}

/** The result of rewriting a history. */
export interface RewrittenHistory {
  /** New commits, parents first. */
  readonly commits: readonly RewrittenCommit[];
  /** New ids of all commits that have one, by their former id. */
  readonly oids: ReadonlyMap<string, string>;
}

/**
 * Replaces the trees of commits. Authors, dates and messages are kept, so only commits with another tree or parent get a new id.
 *
 * @param commits - parents first
 * @param treeOf - the new id of a tree
 * @param existing - ids of commits that are stored already, and keep their place in a line
 */
export function rewriteHistory(
  commits: readonly CommitEntity[],
  treeOf: (treeOid: string) => string,
  existing: ReadonlySet<string>,
): RewrittenHistory {
  const oids = new Map<string, string>();
  const known = new Set(existing);
  const lines = new Map<string, string>();
  const rewritten: RewrittenCommit[] = [];
  for (const commit of commits) {
    const parentOid = commit.parentOid === null ? null : (oids.get(commit.parentOid) ?? commit.parentOid);
    const treeOid = treeOf(commit.treeOid);
    if (parentOid === commit.parentOid && treeOid === commit.treeOid) continue;
    const oid = commitId({ ...commit, parentOid, treeOid });
    oids.set(commit.oid, oid);
    if (known.has(oid)) {
      lines.delete(commit.line); // the commit is on another line, so its child starts a new one
      continue;
    }
    known.add(oid);
    const line = lines.get(commit.line) ?? oid;
    lines.set(commit.line, line);
    rewritten.push({ before: commit, after: { ...commit, oid, parentOid, treeOid, line } });
  }
  return { commits: rewritten, oids };
}

const commitId = ({
  treeOid,
  parentOid,
  authorName,
  authorEmail,
  createdAt,
  title,
  description,
}: CommitEntity): string =>
  objectId(
    'commit',
    encodeCommit({
      treeOid,
      parentOid: parentOid ?? undefined,
      author: { name: authorName, email: authorEmail, at: createdAt },
      title,
      description,
    }),
  );

/** The tag object of an annotated tag whose commit was replaced. */
export function retargetTag(body: Buffer, commitOid: string): { readonly oid: string; readonly body: Buffer } {
  const rest = body.subarray(body.indexOf('\n'));
  const retargeted = Buffer.concat([Buffer.from(`object ${commitOid}`), rest]);
  return { oid: objectId('tag', retargeted), body: retargeted };
}
