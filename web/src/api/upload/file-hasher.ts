import type { HashRequest, HashMessage } from './sha256.worker.ts';

interface Waiting {
  readonly onRead: (bytes: number) => void;
  readonly resolve: (sum: string) => void;
  readonly reject: (error: Error) => void;
}

/** Takes the SHA-256 of files beside the page, which stays quick. Closed, it gives up whatever it was doing. */
export class FileHasher {
  private readonly worker = new Worker(new URL('./sha256.worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<HashMessage>) => this.hear(data);
    this.worker.onerror = () => this.close(new Error('The file cannot be read'));
  }

  /** 64 hex digits. */
  sha256(file: Blob, onRead: (bytes: number) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const wish: HashRequest = { number: ++this.last, file };
      this.waiting.set(wish.number, { onRead, resolve, reject });
      this.worker.postMessage(wish);
    });
  }

  close(reason: Error = new DOMException('The upload was stopped', 'AbortError')): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }

  private hear(word: HashMessage): void {
    const one = this.waiting.get(word.number);
    if (!one) return;
    if ('read' in word) return one.onRead(word.read);
    this.waiting.delete(word.number);
    if ('sum' in word) one.resolve(word.sum);
    else one.reject(new Error('The file cannot be read: it may have been changed or moved since it was chosen'));
  }
}
