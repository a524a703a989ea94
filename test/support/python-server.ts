import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Exit code and output of a process. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Waiting {
  readonly done: (finished: ProcessResult) => void;
  readonly fail: (error: Error) => void;
}

/** Runs `serve.py`, which imports huggingface_hub once and handles each request in a forked process. */
export class PythonServer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: Waiting[] = [];
  private readonly ended: Promise<unknown>;
  private errors = '';

  constructor(python: string, script: string, options: { env: Record<string, string>; cwd: string }) {
    this.child = spawn(python, [script], options);
    this.ended = once(this.child, 'close');
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.waiting.shift()?.done(JSON.parse(line) as ProcessResult);
    });
    this.child.once('close', (code) => {
      for (const { fail } of this.waiting) fail(new Error(`${script} exited with code ${code}: ${this.errors}`));
    });
  }

  /** Sends a request. Requests are handled sequentially. */
  send(request: object): Promise<ProcessResult> {
    return new Promise((done, fail) => {
      this.waiting.push({ done, fail });
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  async close(): Promise<void> {
    this.child.kill();
    await this.ended;
  }
}
