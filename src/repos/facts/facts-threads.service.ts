import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { BytesReply, BytesRequest, FactsJob, ThreadMessage } from './facts-messages.js';
import type { GgufFacts, WeightsFacts } from './model-facts.js';

const MAX_MS = 60_000;
const MAX_MEMORY_MB = 512;
const MAX_PROBLEM_LENGTH = 300;

/** The facts in a file, or the reason why it has none. */
export type FactsResult = { readonly facts: GgufFacts | WeightsFacts } | { readonly problem: string };

/** Reads bytes of a file; `start` and `end` are inclusive. */
export type OpenFile = (path: string, range: { start: number; end: number }) => AsyncIterable<Uint8Array>;

/**
 * Reads the headers of model files in threads, one after the other. Each file gets a new thread, with limits of its time and memory: headers are input that
 * anyone can craft.
 */
@Injectable()
export class FactsThreads implements OnApplicationShutdown {
  private last: Promise<unknown> = Promise.resolve();
  private running: Worker | undefined;
  private isClosed = false;

  /** @throws Error if the file cannot be read, or the hub stops */
  read(job: FactsJob, open: OpenFile): Promise<FactsResult> {
    const result = this.last.then(() => this.run(job, open));
    this.last = result.catch(() => undefined);
    return result;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await this.running?.terminate();
    await this.last;
  }

  private async run(job: FactsJob, open: OpenFile): Promise<FactsResult> {
    if (this.isClosed) throw new Error('The hub stops');
    const resourceLimits = { maxOldGenerationSizeMb: MAX_MEMORY_MB };
    const worker = new Worker(new URL('./facts-thread.js', import.meta.url), { workerData: job, resourceLimits });
    this.running = worker;
    const timer = setTimeout(() => void worker.terminate(), MAX_MS);
    let failure: Error | undefined;
    const serve = async (request: BytesRequest): Promise<void> => {
      const bytes = await collect(open(request.path, { start: request.start, end: request.end }), request).catch(
        (error: unknown) => void (failure = error as Error),
      );
      const reply: BytesReply = { id: request.id, bytes: bytes ?? undefined };
      worker.postMessage(reply, bytes ? [bytes.buffer as ArrayBuffer] : []);
    };
    try {
      const result = await new Promise<FactsResult>((resolve) => {
        worker.on('message', (message: ThreadMessage) => ('id' in message ? void serve(message) : resolve(message)));
        worker.on('error', ({ message }: Error) => resolve({ problem: message }));
        worker.on('exit', () => resolve({ problem: 'Reading the header takes too long' }));
      });
      if (failure) throw failure;
      if (this.isClosed) throw new Error('The hub stops');
      return 'problem' in result
        ? { problem: result.problem.slice(0, MAX_PROBLEM_LENGTH).replaceAll('\0', '') }
        : result;
    } finally {
      clearTimeout(timer);
      await worker.terminate();
      this.running = undefined;
    }
  }
}

/** @throws Error if the file ends before the range does */
async function collect(pieces: AsyncIterable<Uint8Array>, { start, end }: BytesRequest): Promise<Uint8Array> {
  const all = new Uint8Array(end - start + 1);
  let at = 0;
  for await (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  if (at < all.length) throw new Error('The file is shorter than recorded');
  return all;
}
