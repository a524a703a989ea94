import type { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import type { FileDigests, FileHash } from './file-hash.js';

/** The services that a fill uses. */
export interface FillPorts {
  /** Bytes of the file. */
  readonly size: number;
  readonly blockBytes: number;
  /** How long readers wait for a block to be stored, in milliseconds. */
  readonly storeMs: number;
  /** Begins to compute the digests that `verify` needs. */
  newHash(): FileHash;
  /** Reserves the memory of a run: two blocks. Returns a function that frees it, or `undefined` if there is too little. */
  reserve(): (() => void) | undefined;
  /** Requests a range of the file from the source. `isAwaited`: whether several readers wait for it. */
  fetch(range: ByteRange, signal: AbortSignal, isAwaited?: () => boolean): Promise<AsyncIterable<Uint8Array>>;
  /** Stores a block in pieces. Returns false if there is no space for it. */
  store(index: number, pieces: readonly Uint8Array[], digest: string): Promise<boolean>;
  /** Opens a range of stored blocks, or of the file after `publish`. */
  open(range: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Checks the digests of the whole file.
   * @throws HubError
   */
  verify(digests: FileDigests): void;
  /** Called when the file is wrong: it must never be used. */
  discard(error: HubError): void;
  /** Called once when all blocks are stored and verified. */
  publish(digests: FileDigests): Promise<void>;
  /** Called when a block or the whole file could not be stored. Readers continue from the source. */
  report(error: unknown): void;
  /** Called when no further blocks will be stored, so that another process may fill the file. */
  giveUp(): void;
  /** Called when no run and no reader is left. */
  release(): void;
}
