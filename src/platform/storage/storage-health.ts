import { HubError } from '../../domain/hub-error.js';
import type { BlobStore } from './blob-store.js';

/** How long the result of a check is reused. The recovery is noticed sooner. */
const REUSE_MS = 3000;
const REUSE_PROBLEM_MS = 1000;
/** Timeout of a check. */
const CHECK_TIMEOUT_MS = 2000;

/** Checks whether the blob store is available, at most every few seconds. */
export class StorageHealth {
  private lastCheck: { readonly until: number; readonly result: Promise<string | undefined> } | undefined;

  constructor(
    private readonly blobs: Pick<BlobStore, 'ping' | 'admit'>,
    private readonly now: () => number,
    private readonly timeoutMs = CHECK_TIMEOUT_MS,
  ) {}

  /** A short description of the problem, without addresses and keys. `undefined` if the store is available. */
  findProblem(): Promise<string | undefined> {
    if (this.lastCheck && this.now() < this.lastCheck.until && !this.isKnownDown()) return this.lastCheck.result;
    const startedAt = this.now();
    const result = this.check();
    this.lastCheck = { until: startedAt + REUSE_MS, result };
    void result.then((problem) => {
      if (problem !== undefined) this.lastCheck = { until: startedAt + REUSE_PROBLEM_MS, result };
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

  private async check(): Promise<string | undefined> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      timeout.onabort = () => reject(new HubError('StorageUnavailable', 'Storage does not respond'));
    });
    try {
      await Promise.race([expired, this.blobs.ping()]);
      return undefined;
    } catch (error) {
      return error instanceof HubError ? error.message : 'Files cannot be written or read';
    }
  }
}
