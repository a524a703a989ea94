import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SLOT_BYTES, SLOTS, type DigestReply, type DigestRequest, type DigestThreadData } from './digest-messages.js';
import { LocalHash, type FileDigests, type FileHash } from './file-hash.js';

/** Smaller files are digested at once: that takes less than a millisecond. */
const MIN_BYTES = 1024 * 1024;

/** Computes the digests of large files in a thread, which is started for the first of them. */
@Injectable()
export class DigestThread implements OnApplicationShutdown {
  private running: RunningThread | undefined;

  /** Begins to digest a file. */
  begin(size: number, hasGitId: boolean): FileHash {
    const gitSize = hasGitId ? size : undefined;
    if (size < MIN_BYTES) return new LocalHash(gitSize);
    if (!this.running || this.running.hasEnded) this.running = new RunningThread();
    return this.running.begin(gitSize);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running?.terminate();
  }
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** The thread and the memory that it shares with this one. Bytes are copied into slots of it, which costs less than digesting them here. */
class RunningThread {
  private readonly memory = new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES));
  private readonly worker: Worker;
  private readonly free = Array.from({ length: SLOTS }, (_, slot) => slot);
  private readonly waitingForSlot: Waiting<number>[] = [];
  private readonly waitingForDigests = new Map<number, Waiting<FileDigests>>();
  private files = 0;
  private end: Error | undefined;

  constructor() {
    const workerData: DigestThreadData = { memory: this.memory.buffer as SharedArrayBuffer };
    this.worker = new Worker(new URL('./digest-thread.js', import.meta.url), { workerData });
    this.worker.on('message', (reply: DigestReply) => this.receive(reply));
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('The thread that digests files has ended')));
    this.worker.unref();
  }

  get hasEnded(): boolean {
    return this.end !== undefined;
  }

  begin(gitSize: number | undefined): FileHash {
    const file = ++this.files;
    this.send({ kind: 'begin', file, gitSize });
    return {
      update: (pieces) => this.update(file, pieces),
      mark: () => this.send({ kind: 'mark', file }),
      rewind: () => this.send({ kind: 'rewind', file }),
      digests: () => this.digests(file),
      drop: () => this.send({ kind: 'drop', file }),
    };
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private async update(file: number, pieces: readonly Uint8Array[]): Promise<void> {
    for (let next = 0, offset = 0; next < pieces.length;) {
      const slot = await this.slot();
      const start = slot * SLOT_BYTES;
      let length = 0;
      while (next < pieces.length && length < SLOT_BYTES) {
        const part = pieces[next]!.subarray(offset, offset + SLOT_BYTES - length);
        this.memory.set(part, start + length);
        length += part.byteLength;
        offset += part.byteLength;
        if (offset === pieces[next]!.byteLength) [next, offset] = [next + 1, 0];
      }
      this.send({ kind: 'bytes', file, slot, length });
    }
  }

  private digests(file: number): Promise<FileDigests> {
    this.send({ kind: 'end', file });
    return this.waitFor((waiting) => void this.waitingForDigests.set(file, waiting));
  }

  private slot(): Promise<number> {
    const slot = this.free.pop();
    if (slot !== undefined && !this.end) return Promise.resolve(slot);
    return this.waitFor((waiting) => void this.waitingForSlot.push(waiting));
  }

  private waitFor<T>(add: (waiting: Waiting<T>) => void): Promise<T> {
    if (this.end) return Promise.reject(this.end);
    return new Promise((resolve, reject) => add({ resolve, reject }));
  }

  private send(request: DigestRequest): void {
    this.worker.postMessage(request);
  }

  private receive(reply: DigestReply): void {
    if ('slot' in reply) {
      const next = this.waitingForSlot.shift();
      if (next) next.resolve(reply.slot);
      else this.free.push(reply.slot);
      return;
    }
    this.waitingForDigests.get(reply.file)?.resolve(reply.digests);
    this.waitingForDigests.delete(reply.file);
  }

  private fail(error: Error): void {
    if (this.end) return;
    this.end = error;
    for (const { reject } of this.waitingForSlot.splice(0)) reject(error);
    for (const { reject } of this.waitingForDigests.values()) reject(error);
    this.waitingForDigests.clear();
  }
}
