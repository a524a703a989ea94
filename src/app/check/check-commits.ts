import { encodeCommit, objectId } from '../../repos/store/git-objects.js';
import { inPages, REPOSITORY, RESTORE, type Check, type CheckContext } from './check-context.js';

/** Messages of commits can be long, so pages are small. */
const PAGE_SIZE = 500;

const COMMITS = `
  SELECT c.repository_id AS id, c.oid, c.tree_oid, c.parent_oid, c.generation, c.author_name, c.author_email, c.created_at, c.title,
    c.description, ${REPOSITORY} AS repository, parent.generation AS parent_generation,
    EXISTS (SELECT FROM trees t WHERE t.repository_id = c.repository_id AND t.oid = c.tree_oid) AS has_tree
  FROM commits c JOIN repositories r ON r.id = c.repository_id
  LEFT JOIN commits parent ON parent.repository_id = c.repository_id AND parent.oid = c.parent_oid
  WHERE (c.repository_id, c.oid) > ($1, $2) ORDER BY c.repository_id, c.oid LIMIT ${PAGE_SIZE}`;

/** Rows of the index of changes whose commit does not exist. They are of no use, and are deleted with their commit otherwise. */
const STRAY_CHANGES = `entry_changes e WHERE NOT EXISTS
  (SELECT FROM commits c WHERE c.repository_id = e.repository_id AND c.oid = e.commit_oid)`;

interface CommitRow {
  readonly id: number;
  readonly oid: string;
  readonly tree_oid: string;
  readonly parent_oid: string | null;
  readonly generation: number;
  readonly author_name: string;
  readonly author_email: string;
  readonly created_at: Date;
  readonly title: string;
  readonly description: string;
  readonly repository: string;
  readonly parent_generation: number | null;
  readonly has_tree: boolean;
}

/** Every commit matches its id, and has its parent and its root folder. */
export const COMMITS_CHECK: Check = {
  name: 'commits',
  async run(context) {
    let examined = 0;
    const pages = inPages<CommitRow>((last) =>
      context.database.query<CommitRow[]>(COMMITS, [last?.id ?? 0, last?.oid ?? '']),
    );
    for await (const page of pages) {
      examined += page.length;
      for (const commit of page) checkCommit(commit, context);
    }
    await checkStrayChanges(context);
    return examined;
  },
};

function checkCommit(commit: CommitRow, { findings }: CheckContext): void {
  const { oid, repository, parent_oid, parent_generation, tree_oid } = commit;
  const add = (kind: string, problem: string): void =>
    findings.add('commits', {
      kind,
      message: `In ${repository}, the commit ${oid} ${problem}.`,
      advice: RESTORE,
      repository,
    });
  if (!commit.has_tree) add('commit-without-tree', `has the root folder ${tree_oid}, which does not exist`);
  if (parent_oid !== null && parent_generation === null)
    add('commit-without-parent', `has the parent ${parent_oid}, which does not exist`);
  else if (commit.generation !== (parent_generation ?? 0) + 1)
    add('commit-misplaced', 'has a wrong place in the history');
  if (idOf(commit) !== oid) add('commit-damaged', 'does not match its id');
}

const idOf = (commit: CommitRow): string =>
  objectId(
    'commit',
    encodeCommit({
      treeOid: commit.tree_oid,
      parentOid: commit.parent_oid ?? undefined,
      author: { name: commit.author_name, email: commit.author_email, at: commit.created_at },
      title: commit.title,
      description: commit.description,
    }),
  );

async function checkStrayChanges({ database, findings, repair }: CheckContext): Promise<void> {
  const [row] = await database.query<{ count: string }[]>(`SELECT count(*) FROM ${STRAY_CHANGES}`);
  if (row!.count === '0') return;
  if (repair) await database.query(`DELETE FROM ${STRAY_CHANGES}`);
  findings.add('commits', {
    kind: 'stray-changes',
    message: `The index of last commits has ${row!.count} rows for commits that do not exist.`,
    advice: 'Run check with --repair to delete them.',
    repair: repair ? 'done' : 'available',
  });
}
