import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a process ended, and what it wrote. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Waiting {
  readonly done: (finished: ProcessResult) => void;
  readonly fail: (error: Error) => void;
}

/** `serve.py` in an environment: it imports huggingface_hub once and runs each request in a process of its own. */
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
      for (const { fail } of this.waiting) fail(new Error(`${script} ended with ${code}: ${this.errors}`));
    });
  }

  /** Requests are answered one after the other. */
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
