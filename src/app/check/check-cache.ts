import { formatBytes } from '../../domain/byte-size.js';
import { HubError } from '../../domain/hub-error.js';
import { blockBytesOf, type PartialFile } from '../../platform/storage/block-store.js';
import { digestLike } from '../../repos/content-cache/block-digest.js';
import { HeldBlockStore } from '../../repos/content-cache/held-blocks.store.js';
import { HeldContentStore, IS_CLAIMED } from '../../repos/content-cache/held-content.store.js';
import { UnreferencedContentStore } from '../../repos/gc/unreferenced-content.store.js';
import { inPages, type Check, type CheckContext } from './check-context.js';
import type { Finding } from './check-report.js';
import { hashContent } from './hash-contents.js';

const PAGE_SIZE = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** The owner of no fill, so that files which are being filled are not removed. */
const NO_FILL = FIRST_ID;

const FILES = `
  SELECT id, size::float8 AS size, sha256 FROM held_contents h WHERE id > $1 AND NOT ${IS_CLAIMED} AND (
    is_published OR EXISTS (SELECT FROM held_blocks b WHERE b.content_id = h.id)) ORDER BY id LIMIT ${PAGE_SIZE}`;
const BLOCKS = 'SELECT index, digest FROM held_blocks WHERE content_id = $1 ORDER BY index';

/** The counted use of the cache. The row is corrected by the difference, so that files that are cached in the meantime are not lost. */
const USAGE = `SELECT bytes::text AS kept, (SELECT coalesce(sum(bytes), 0) FROM held_contents)::text AS actual FROM content_cache_usage`;
const CORRECT_USAGE = 'UPDATE content_cache_usage SET bytes = bytes + $1';

interface FileRow extends PartialFile {
  readonly sha256: string | null;
}

type CacheProblem = Pick<Finding, 'kind'> & { readonly problem: string };

const MISSING: CacheProblem = { kind: 'cached-file-missing', problem: 'is missing from the storage' };
const DAMAGED: CacheProblem = { kind: 'cached-file-damaged', problem: 'does not match its hash' };

/** Every cached file of a source is stored, and the counted use of the cache is right. A file that is not is downloaded again when it is needed. */
export const CACHE: Check = {
  name: 'cache',
  async run(context) {
    const checker = new CacheChecker(context);
    let examined = 0;
    const pages = inPages<FileRow>((last) => context.database.query<FileRow[]>(FILES, [last?.id ?? FIRST_ID]));
    for await (const page of pages) {
      examined += page.length;
      for (const file of page) await checker.check(file);
    }
    await checkUsage(context);
    if (context.hashes === 'all' && examined > 0) context.findings.notes.push(checker.note);
    return examined;
  },
};

class CacheChecker {
  private readonly held: HeldContentStore;
  private readonly blocks: HeldBlockStore;
  private readonly index: UnreferencedContentStore;
  private readonly read = { files: 0, bytes: 0 };

  constructor(private readonly context: CheckContext) {
    this.held = new HeldContentStore(context.database);
    this.blocks = new HeldBlockStore(context.database);
    this.index = new UnreferencedContentStore(context.database);
  }

  get note(): string {
    const { files, bytes } = this.read;
    return `Read ${files} complete files of the content cache (${formatBytes(bytes)}) and compared them with their hashes.`;
  }

  async check(file: FileRow): Promise<void> {
    const problem = file.sha256 === null ? undefined : await this.problemOf(file.sha256, file.size);
    if (problem) return this.add(file, problem, () => this.remove(file));
    for (const { index, digest } of await this.context.database.query<{ index: number; digest: string }[]>(BLOCKS, [
      file.id,
    ])) {
      const bytes = Math.min(blockBytesOf(file.size), file.size - index * blockBytesOf(file.size));
      const found = await this.problemOfBlock(file, index, digest);
      if (found) await this.add(file, found, () => this.blocks.remove(file.id, index, bytes));
    }
  }

  private async problemOf(sha256: string, size: number): Promise<CacheProblem | undefined> {
    const { blobs, hashes } = this.context;
    if ((await blobs.size(sha256)) !== size) return MISSING;
    if (hashes !== 'all') return undefined;
    this.read.files += 1;
    this.read.bytes += size;
    return (await hashContent(blobs, sha256, size)).sha256 === sha256 ? undefined : DAMAGED;
  }

  /** Reads the first byte, or all of it. */
  private async problemOfBlock(file: PartialFile, index: number, digest: string): Promise<CacheProblem | undefined> {
    const start = index * blockBytesOf(file.size);
    const end = Math.min(file.size, start + blockBytesOf(file.size)) - 1;
    const isRead = this.context.hashes === 'all';
    try {
      const content = await this.context.blocks.open(file, { start, end: isRead ? end : start });
      const actual = await digestLike(digest, content);
      if (actual === digest) return undefined;
      if (actual === (await digestLike(digest, []))) return MISSING; // the file on the disk is shorter
      return isRead ? DAMAGED : undefined;
    } catch (error) {
      if (error instanceof HubError && error.code === 'ContentMissing') return MISSING;
      throw error;
    }
  }

  /** Removes the file from the cache, also its bytes, which another download would not replace. */
  private async remove({ id, sha256 }: FileRow): Promise<void> {
    if (!(await this.held.remove(id, NO_FILL))) return;
    await this.context.blocks.drop(id);
    if (sha256 !== null) await this.index.remove(sha256, new Date(), () => this.context.blobs.delete(sha256));
  }

  private async add(file: FileRow, { kind, problem }: CacheProblem, repair: () => Promise<void>): Promise<void> {
    if (this.context.repair) await repair();
    const part = file.sha256 === null ? 'A part of a cached file' : `The cached file with the SHA-256 ${file.sha256}`;
    this.context.findings.add('cache', {
      kind,
      message: `${part} of a source (${file.id}) ${problem}.`,
      advice: 'Run check with --repair to remove it from the cache. The hub downloads it again when it is needed.',
      sha256: file.sha256 ?? undefined,
      repair: this.context.repair ? 'done' : 'available',
    });
  }
}

async function checkUsage({ database, findings, repair }: CheckContext): Promise<void> {
  const [{ kept, actual }] = await database.query<[{ kept: string; actual: string }]>(USAGE);
  if (kept === actual) return;
  if (repair) await database.query(CORRECT_USAGE, [(BigInt(actual) - BigInt(kept)).toString()]);
  findings.add('cache', {
    kind: 'cache-miscounted',
    message: `The cached files of sources have ${actual} bytes, but ${kept} are counted for the limit of the cache.`,
    advice: 'Run check with --repair to correct it.',
    repair: repair ? 'done' : 'available',
  });
}
