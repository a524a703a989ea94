import { HubError } from '../../domain/hub-error.js';
import type { BlobStore } from './blob-store.js';

/** How long the result of a check is reused. */
const REUSE_MS = 3000;
/** Timeout of a check. */
const CHECK_TIMEOUT_MS = 2000;

/** Checks whether the blob store is available, at most every few seconds. */
export class StorageHealth {
  private lastCheck: { readonly at: number; readonly result: Promise<string | undefined> } | undefined;

  constructor(
    private readonly blobs: Pick<BlobStore, 'ping'>,
    private readonly now: () => number,
    private readonly timeoutMs = CHECK_TIMEOUT_MS,
  ) {}

  /** A short description of the problem, without addresses and keys. `undefined` if the store is available. */
  findProblem(): Promise<string | undefined> {
    if (this.lastCheck === undefined || this.now() - this.lastCheck.at >= REUSE_MS) {
      this.lastCheck = { at: this.now(), result: this.check() };
    }
    return this.lastCheck.result;
  }

  private async check(): Promise<string | undefined> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      timeout.onabort = () => reject(new HubError('StorageUnavailable', 'Storage does not respond'));
    });
    try {
      await Promise.race([expired, this.blobs.ping(timeout)]);
      return undefined;
    } catch (error) {
      return error instanceof HubError ? error.message : 'Files cannot be written or read';
    }
  }
}
