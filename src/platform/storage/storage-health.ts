import { HubError } from '../../hub/language/hub-error.js';
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
  ) {}

  /** What is wrong, in a few words without addresses or keys; undefined: nothing. */
  fault(): Promise<string | undefined> {
    if (this.asked === undefined || this.now() - this.asked.at >= FRESH_MS) {
      this.asked = { at: this.now(), answer: this.ask() };
    }
    return this.asked.answer;
  }

  private async ask(): Promise<string | undefined> {
    try {
      await this.blobs.ping(AbortSignal.timeout(PATIENCE_MS));
      return undefined;
    } catch (error) {
      return error instanceof HubError ? error.message : 'Files cannot be written or read';
    }
  }
}
