import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  MAX_READ_BYTES,
  type BytesReply,
  type BytesRequest,
  type Facts,
  type FactsJob,
  type ProcessInput,
  type ProcessMessage,
} from './facts-messages.js';
import type { HeaderLimits } from './header-limits.js';
import { watchMemory } from './watch-memory.js';

const ENTRY = fileURLToPath(new URL('./facts-process.js', import.meta.url));
const MAX_MS = 20_000;
const MIB = 1024 * 1024;
const MAX_PROBLEM_LENGTH = 300;

/** The facts in a file, or the reason why it has none. */
export type FactsResult = { readonly facts: Facts } | { readonly problem: string };

/** Reads bytes of a file; `start` and `end` are inclusive. */
export type OpenFile = (path: string, range: { start: number; end: number }) => AsyncIterable<Uint8Array>;

/**
 * Reads the headers of model files in processes, one after the other. Each job has a new process, without the secrets of the environment, and with limits of its
 * time and memory: headers and templates are input that anyone can craft. Not in threads, since a thread without memory can end the whole hub.
 */
@Injectable()
export class FactsProcesses implements OnApplicationShutdown {
  private last: Promise<unknown> = Promise.resolve();
  private running: ChildProcess | undefined;
  private isClosed = false;

  constructor(private readonly memory: HeaderLimits) {}

  /** @throws Error if the file cannot be read, or the hub stops */
  read(job: FactsJob, open: OpenFile): Promise<FactsResult> {
    const result = this.last.then(() => this.run(job, open));
    this.last = result.catch(() => undefined);
    return result;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    this.running?.kill('SIGKILL');
    await this.last;
  }

  private async run(job: FactsJob, open: OpenFile): Promise<FactsResult> {
    if (this.isClosed) throw new Error('The hub stops');
    const child = startProcess(this.memory);
    const endWatch = watchMemory(child, this.memory.totalBytes);
    this.running = child;
    const timer = setTimeout(() => child.kill('SIGKILL'), MAX_MS);
    let failure: Error | undefined;
    const reply = (input: ProcessInput): void => {
      if (child.connected) child.send(input, () => undefined); // the process may have ended meanwhile
    };
    const serve = async (request: BytesRequest): Promise<void> => {
      const range = { start: request.start, end: request.end };
      const bytes = await collect(open(request.path, range), range).catch((error: unknown) => {
        failure = error as Error;
        return undefined;
      });
      reply({ id: request.id, bytes } satisfies BytesReply);
    };
    try {
      const result = await new Promise<FactsResult>((resolve, reject) => {
        child.on('message', (message: ProcessMessage) => ('id' in message ? void serve(message) : resolve(message)));
        child.on('error', reject);
        child.on('exit', () => resolve({ problem: 'The header takes too much time or memory' }));
        reply({ job });
      });
      if (failure) throw failure;
      if (this.isClosed) throw new Error('The hub stops');
      return 'problem' in result ? { problem: plain(result.problem) } : result;
    } finally {
      clearTimeout(timer);
      endWatch();
      child.kill('SIGKILL');
      this.running = undefined;
    }
  }
}

/** The options of this process may have loaders of code; a debugger would occupy the same port. */
const startProcess = ({ heapBytes }: HeaderLimits): ChildProcess =>
  fork(ENTRY, {
    execArgv: [
      ...process.execArgv.filter((option) => !option.startsWith('--inspect')),
      `--max-old-space-size=${Math.floor(heapBytes / MIB)}`,
    ],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });

/** PostgreSQL cannot store NUL characters. */
const plain = (problem: string): string => problem.slice(0, MAX_PROBLEM_LENGTH).replaceAll('\0', '');

/** @throws Error if the range is too long, or the file ends before it does */
async function collect(
  pieces: AsyncIterable<Uint8Array>,
  { start, end }: { start: number; end: number },
): Promise<Uint8Array> {
  if (end - start >= MAX_READ_BYTES) throw new Error('The range is too long');
  const all = new Uint8Array(end - start + 1);
  let at = 0;
  for await (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  if (at < all.length) throw new Error('The file is shorter than recorded');
  return all;
}
