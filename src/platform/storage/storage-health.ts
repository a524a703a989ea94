import { HubError } from '../../domain/hub-error.js';
import type { BlobStore } from './blob-store.js';

/** How long the result of a check is reused. The recovery is noticed sooner. */
const REUSE_MS = 3000;
const REUSE_PROBLEM_MS = 1000;
/** Timeout of a check. */
const CHECK_TIMEOUT_MS = 2000;

/** Error codes of a disk without free space, or of a used up quota. */
const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);
const FULL =
  'The disk of the data directory is full. Files and pages can be read, but all changes fail: uploads, commits, and also settings if the database is embedded. Free some space';

const isFull = (error: unknown): boolean => FULL_CODES.has((error as { readonly code?: unknown } | null)?.code);

/** The result of a check. A full disk can still be read. */
interface Outcome {
  readonly problem?: string;
  readonly isFull?: boolean;
}

/** Checks whether the blob store is available, at most every few seconds. */
export class StorageHealth {
  private lastCheck: { readonly until: number; readonly result: Promise<Outcome> } | undefined;

  constructor(
    private readonly blobs: Pick<BlobStore, 'ping' | 'admit'>,
    private readonly now: () => number,
    private readonly timeoutMs = CHECK_TIMEOUT_MS,
  ) {}

  /** A short description of the problem, without addresses and keys. `undefined` if the store is available, also if it can only be read because it is full. */
  async findProblem(): Promise<string | undefined> {
    return (await this.lastOutcome()).problem;
  }

  /** Describes a disk that is full. `undefined` while files can be written. */
  async findFullDisk(): Promise<string | undefined> {
    return (await this.lastOutcome()).isFull ? FULL : undefined;
  }

  private lastOutcome(): Promise<Outcome> {
    if (this.lastCheck && this.now() < this.lastCheck.until && !this.isKnownDown()) return this.lastCheck.result;
    const startedAt = this.now();
    const result = this.check();
    this.lastCheck = { until: startedAt + REUSE_MS, result };
    void result.then(({ problem, isFull }) => {
      if (problem !== undefined || isFull) this.lastCheck = { until: startedAt + REUSE_PROBLEM_MS, result };
    });
    return result;
  }

  private isKnownDown(): boolean {
    try {
      this.blobs.admit();
      return false;
    } catch {
      return true;
    }
  }

  private async check(): Promise<Outcome> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      timeout.onabort = () => reject(new HubError('StorageUnavailable', 'Storage does not respond'));
    });
    try {
      await Promise.race([expired, this.blobs.ping()]);
      return {};
    } catch (error) {
      if (isFull(error)) return { isFull: true };
      return { problem: error instanceof HubError ? error.message : 'Files cannot be written or read' };
    }
  }
}
