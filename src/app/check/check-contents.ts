import { formatBytes } from '../../domain/byte-size.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { BLOB_PREFIXES } from '../../repos/gc/blob-prefixes.js';
import { isDamaged } from '../../platform/storage/is-damaged.js';
import { UnreferencedContentStore } from '../../repos/gc/unreferenced-content.store.js';
import { countRows, inPages, RESTORE, type Check, type CheckContext } from './check-context.js';
import type { Finding } from './check-report.js';
import { contentPage, findUse, gitIdsOf, isUsed, unknownHashes, type ContentRow } from './content-rows.js';
import { hashContent, HashSelection } from './hash-contents.js';

/** Requests to the store at the same time. */
const CONCURRENCY = 16;
/** Contents that are read at the same time. */
const READERS = 4;
const LISTED_BATCH = 1000;

/** Every content that a table references is stored, with the size and the hash that the table states. */
export const CONTENTS: Check = {
  name: 'contents',
  async run(context) {
    const { database, findings } = context;
    const checker = new ContentChecker(
      context,
      new HashSelection(context.hashes, await countRows(database, 'contents')),
    );
    let examined = 0;
    for (const kind of ['indexed', 'unindexed'] as const) {
      const pages = inPages<ContentRow>((last) => contentPage(database, kind, last?.sha256 ?? ''));
      for await (const page of pages) examined += await checker.check(page, kind === 'indexed');
    }
    findings.notes.push(checker.note);
    const stray = await countUnknown(context);
    if (stray > 0)
      findings.notes.push(
        `The storage has ${stray} files that the database does not know. Garbage collection deletes them unless they are needed.`,
      );
    return examined;
  },
};

class ContentChecker {
  private readonly index: UnreferencedContentStore;

  constructor(
    private readonly context: CheckContext,
    private readonly selection: HashSelection,
  ) {
    this.index = new UnreferencedContentStore(context.database);
  }

  get note(): string {
    const { contents, bytes } = this.selection;
    if (this.context.hashes === 'none')
      return 'No file was read. Use --hashes sample or --hashes all to compare files with their hashes.';
    return `Read ${contents} files (${formatBytes(bytes)}) and compared them with their hashes.`;
  }

  /** Returns the number of contents that are used. */
  async check(rows: readonly ContentRow[], isIndexed: boolean): Promise<number> {
    const used = rows.filter(({ uses }) => uses > 0);
    const sizes = await mapConcurrently(used, CONCURRENCY, ({ sha256 }) => this.context.blobs.size(sha256));
    const intact: { row: ContentRow; size: number }[] = [];
    for (const [at, row] of used.entries()) {
      const size = sizes[at];
      if (size === undefined) await this.add(row, missing);
      else if (isWrongSize(row, size)) await this.add(row, wrongSize(row, size));
      else intact.push({ row, size });
    }
    if (!isIndexed) await this.adopt(intact.map(({ row }) => row));
    const read = intact.filter(({ size }) => this.selection.takes(size));
    await mapConcurrently(read, READERS, ({ row, size }) => this.compareHash(row, size));
    return used.length;
  }

  private async compareHash(row: ContentRow, size: number): Promise<void> {
    try {
      const actual = await hashContent(this.context.blobs, row.sha256, size);
      if (actual.sha256 !== row.sha256) return await this.addDamaged(row, actual.sha256);
      const ids = await gitIdsOf(this.context.database, row.sha256);
      const wrong = ids.find((id) => id !== actual.gitId);
      if (wrong !== undefined)
        await this.add(row, wrongId(`is listed with the git id ${wrong}, but has ${actual.gitId}`));
    } catch (error) {
      // deleted since its size was read, unless it is still used
      if ((await this.context.blobs.size(row.sha256)) !== undefined) throw error;
      await this.add(row, missing);
    }
  }

  /** A damaged file is set aside: the hub would not store another upload of a file that it has. */
  private async addDamaged(row: ContentRow, actual: string): Promise<void> {
    const { blobs, repair } = this.context;
    if (!(await isDamaged(blobs, row.sha256))) return; // the first read failed
    const place = repair && (await isUsed(this.context.database, row.sha256)) && (await blobs.setAside(row.sha256));
    await this.add(row, damaged(actual, place || undefined));
  }

  /** Adds references that the index does not have. */
  private async adopt(rows: readonly ContentRow[]): Promise<void> {
    const { repair } = this.context;
    if (repair && rows.length > 0) await this.index.adopt(rows.map(({ sha256 }) => sha256));
    for (const row of rows)
      await this.add(row, {
        kind: 'content-not-indexed',
        problem: 'is missing from the index of stored contents',
        advice: 'Run check with --repair to add it.',
        repair: repair ? 'done' : 'available',
      });
  }

  /** Adds a problem of a content, unless it is no longer used. */
  private async add({ sha256 }: ContentRow, { problem, ...finding }: ContentProblem): Promise<void> {
    const { database, findings } = this.context;
    if (!(await isUsed(database, sha256))) return;
    const use = findings.hasSpace ? await findUse(database, sha256) : undefined;
    const name = use?.file === undefined ? 'a file' : `the file "${use.file}"`;
    const where = use === undefined ? '' : `In ${use.repository}, `;
    const message = `${where}${name} with the SHA-256 ${sha256} ${problem}.`;
    const text = message[0]!.toUpperCase() + message.slice(1);
    findings.add('contents', { message: text, ...finding, sha256, repository: use?.repository });
  }
}

type ContentProblem = Pick<Finding, 'kind' | 'advice' | 'repair'> & { readonly problem: string };

const RESTORE_FILE = 'Copy it from a backup of the storage, or upload the file again.';
const missing: ContentProblem = {
  kind: 'content-missing',
  problem: 'is missing from the storage',
  advice: RESTORE_FILE,
};
const damaged = (actual: string, place: string | undefined): ContentProblem => ({
  kind: 'content-damaged',
  problem: `has the SHA-256 ${actual}`,
  advice:
    place === undefined
      ? 'Run check with --repair to move it to the folder "damaged" of the storage. Then copy it from a backup, or upload the file again.'
      : `It was moved to "${place}" in the storage. ${RESTORE_FILE}`,
});
const wrongId = (problem: string): ContentProblem => ({ kind: 'file-damaged', problem, advice: RESTORE });

const isWrongSize = ({ smallest, largest }: ContentRow, size: number): boolean =>
  (smallest !== null && smallest !== size) || (largest !== null && largest !== size);

const wrongSize = ({ smallest, largest }: ContentRow, size: number): ContentProblem => ({
  kind: 'content-size',
  problem: `has ${size} bytes in the storage, but ${smallest === largest ? smallest : `${smallest} and ${largest}`} in the database`,
  advice: RESTORE_FILE,
});

/** Counts stored contents that no table has. */
async function countUnknown({ blobs, database }: CheckContext): Promise<number> {
  let count = 0;
  for (const prefix of BLOB_PREFIXES) {
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length > 0) count += (await unknownHashes(database, batch)).length;
      batch = [];
    };
    for await (const sha256 of blobs.list(prefix)) {
      batch.push(sha256);
      if (batch.length === LISTED_BATCH) await flush();
    }
    await flush();
  }
  return count;
}
