import { HubError } from '../../domain/hub-error.js';
import type { BlobStore } from './blob-store.js';

/** How long an answer about the store's health counts. */
const FRESH_MS = 3000;
/** A store that has said nothing for so long cannot serve. */
const PATIENCE_MS = 2000;

/** Whether the blob store can serve, asked at most every few seconds however often somebody wants to know. */
export class StorageHealth {
  private asked: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined;

  constructor(
    private readonly blobs: Pick<BlobStore, 'ping'>,
    private readonly now: () => number,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** What is wrong, in a few words without addresses or keys; undefined: nothing. */
  fault(): Promise<string | undefined> {
    if (this.asked === undefined || this.now() - this.asked.at >= FRESH_MS) {
      this.asked = { at: this.now(), answer: this.ask() };
    }
    return this.asked.answer;
  }

  private async ask(): Promise<string | undefined> {
    const patience = AbortSignal.timeout(this.patienceMs);
    const silence = new Promise<never>((_, reject) => {
      patience.onabort = () => reject(new HubError('StorageUnavailable', 'The store does not answer'));
    });
    try {
      await Promise.race([silence, this.blobs.ping(patience)]);
      return undefined;
    } catch (error) {
      return error instanceof HubError ? error.message : 'Files cannot be written or read';
    }
  }
}
