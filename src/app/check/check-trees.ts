import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { decodeTree, FOLDER_MODE, objectId, type GitEntry } from '../../repos/store/git-objects.js';
import { readTrees } from '../../repos/store/trees.queries.js';
import { inPages, REPOSITORY, RESTORE, type Check, type CheckContext } from './check-context.js';

const PAGE_SIZE = 4000;
/** Folders of 100,000 files have 4 MB. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Most folders share their entries with other versions of the same folder. */
const MAX_KNOWN = 200_000;
/** Mode of a submodule, whose commit is in another repository. */
const SUBMODULE_MODE = '160000';

const KEYS = `
  SELECT repository_id AS id, oid, octet_length(body) AS bytes FROM trees
  WHERE (repository_id, oid) > ($1, $2) ORDER BY repository_id, oid LIMIT ${PAGE_SIZE}`;
const BODIES = `
  SELECT t.repository_id AS id, t.oid, t.body FROM unnest($1::integer[], $2::text[]) AS k (repository_id, oid)
  JOIN trees t USING (repository_id, oid)`;
const missingIn = (table: 'trees' | 'blobs'): string => `
  SELECT k.repository_id AS id, k.oid FROM unnest($1::integer[], $2::text[]) AS k (repository_id, oid)
  WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.repository_id = k.repository_id AND t.oid = k.oid)`;

interface TreeKey {
  readonly id: number;
  readonly oid: string;
  readonly bytes: number;
}
interface Tree {
  readonly id: number;
  readonly oid: string;
  readonly body: Buffer;
}
interface Missing {
  readonly tree: Tree;
  readonly entry: GitEntry;
}

/** Every folder matches its id, and its files and folders exist. */
export const TREES: Check = {
  name: 'trees',
  async run(context) {
    const checker = new TreeChecker(context);
    let examined = 0;
    const pages = inPages<TreeKey>((last) => context.database.query<TreeKey[]>(KEYS, [last?.id ?? 0, last?.oid ?? '']));
    for await (const page of pages) {
      examined += page.length;
      for (const batch of batchesOf(page)) await checker.check(batch);
    }
    return examined;
  },
};

/** Splits keys so that the bodies of a batch fit into memory. */
function* batchesOf(keys: readonly TreeKey[]): Generator<TreeKey[]> {
  let batch: TreeKey[] = [];
  let bytes = 0;
  for (const key of keys) {
    if (bytes >= BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(key);
    bytes += key.bytes;
  }
  if (batch.length > 0) yield batch;
}

class TreeChecker {
  private readonly known = new LRUCache<string, true>({ max: MAX_KNOWN });
  /** Folders that a repository with pruned history still needs. Others may be half deleted. */
  private readonly reachable = new LRUCache<number, ReadonlySet<string> | 'all'>({ max: 8 });

  constructor(private readonly context: CheckContext) {}

  async check(keys: readonly TreeKey[]): Promise<void> {
    const trees = await this.context.database.query<Tree[]>(BODIES, [
      keys.map(({ id }) => id),
      keys.map(({ oid }) => oid),
    ]);
    const wanted = { trees: new Map<string, Missing>(), blobs: new Map<string, Missing>() };
    for (const tree of trees) {
      if (objectId('tree', tree.body) !== tree.oid) await this.report(tree, 'tree-damaged', 'does not match its id');
      for (const entry of decodeTree(tree.body)) {
        const key = `${tree.id}:${entry.oid}`;
        if (entry.mode === SUBMODULE_MODE || this.known.has(key)) continue;
        wanted[entry.mode === FOLDER_MODE ? 'trees' : 'blobs'].set(key, { tree, entry });
      }
    }
    for (const table of ['trees', 'blobs'] as const) await this.checkEntries(table, wanted[table]);
  }

  private async checkEntries(table: 'trees' | 'blobs', wanted: ReadonlyMap<string, Missing>): Promise<void> {
    const entries = [...wanted.values()];
    const missing = await this.context.database.query<{ id: number; oid: string }[]>(missingIn(table), [
      entries.map(({ tree }) => tree.id),
      entries.map(({ entry }) => entry.oid),
    ]);
    const missingKeys = new Set(missing.map(({ id, oid }) => `${id}:${oid}`));
    for (const [key, { tree, entry }] of wanted) {
      const what = table === 'trees' ? 'folder' : 'file';
      if (missingKeys.has(key))
        await this.report(
          tree,
          `${what}-missing`,
          `has the ${what} "${entry.name}" (${entry.oid}), which does not exist`,
        );
      else this.known.set(key, true);
    }
  }

  /** Reports a problem unless the folder has been deleted meanwhile, or is about to be. */
  private async report({ id, oid }: Tree, kind: string, problem: string): Promise<void> {
    const [row] = await this.context.database.query<{ repository: string }[]>(
      `SELECT ${REPOSITORY} AS repository FROM trees t JOIN repositories r ON r.id = t.repository_id
       WHERE t.repository_id = $1 AND t.oid = $2`,
      [id, oid],
    );
    if (!row || !(await this.isNeeded(id, oid))) return;
    const { repository } = row;
    const message = `In ${repository}, the folder ${oid} ${problem}.`;
    this.context.findings.add('trees', { kind, message, advice: RESTORE, repository });
  }

  private async isNeeded(id: number, oid: string): Promise<boolean> {
    const found = this.reachable.get(id) ?? (await this.findReachable(id));
    this.reachable.set(id, found);
    return found === 'all' || found.has(oid);
  }

  private async findReachable(id: number): Promise<ReadonlySet<string> | 'all'> {
    const { database } = this.context;
    const [pruning] = await database.query<unknown[]>('SELECT FROM history_cuts WHERE repository_id = $1 AND unswept', [
      id,
    ]);
    return pruning === undefined ? 'all' : reachableTrees(database, id);
  }
}

/** The folders of all commits of a repository. Missing ones are skipped. */
async function reachableTrees(database: DataSource, id: number): Promise<ReadonlySet<string>> {
  const roots = await database.query<{ oid: string }[]>(
    'SELECT DISTINCT tree_oid AS oid FROM commits WHERE repository_id = $1',
    [id],
  );
  const found = new Set(roots.map(({ oid }) => oid));
  for (let level = [...found]; level.length > 0;) {
    const next: string[] = [];
    for await (const { body } of readTrees(database.manager, id, level))
      for (const { mode, oid } of body ? decodeTree(body) : [])
        if (mode === FOLDER_MODE && !found.has(oid)) {
          found.add(oid);
          next.push(oid);
        }
    level = next;
  }
  return found;
}
