import type { HashRequest, HashMessage } from './sha256.worker.ts';

interface PendingHash {
  readonly onProgress: (bytes: number) => void;
  readonly resolve: (sha256: string) => void;
  readonly reject: (error: Error) => void;
}

/** Computes SHA-256 in a worker, so that the page stays responsive. */
export class FileHasher {
  private readonly worker = new Worker(new URL('./sha256.worker.ts', import.meta.url), { type: 'module' });
  private readonly pending = new Map<number, PendingHash>();
  private lastId = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<HashMessage>) => this.handle(data);
    this.worker.onerror = () => this.close(new Error('The file could not be read.'));
  }

  /** @returns 64 hexadecimal digits */
  sha256(file: Blob, onProgress: (bytes: number) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const request: HashRequest = { id: ++this.lastId, file };
      this.pending.set(request.id, { onProgress, resolve, reject });
      this.worker.postMessage(request);
    });
  }

  /** Stops the worker and rejects all pending hashes. */
  close(reason: Error = new DOMException('The upload was cancelled', 'AbortError')): void {
    this.worker.terminate();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }

  private handle(message: HashMessage): void {
    const pending = this.pending.get(message.id);
    if (!pending) return;
    if ('bytesRead' in message) return pending.onProgress(message.bytesRead);
    this.pending.delete(message.id);
    if ('sha256' in message) pending.resolve(message.sha256);
    else
      pending.reject(new Error('The file could not be read. It may have been changed or moved since you selected it.'));
  }
}
