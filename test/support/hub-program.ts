import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Exit code and output of a program. */
export interface ExitResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built hub with only the given environment variables, for tests of startup and shutdown. */
export class HubProgram {
  private stdout = '';
  private stderr = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<ExitResult>;

  /**
   * @param command - a command to run instead of the hub
   * @param root - the folder with the build and its packages
   */
  constructor(env: Readonly<Record<string, string>>, command: readonly string[] = [], root = ROOT) {
    this.child = spawn(process.execPath, ['--enable-source-maps', resolve(root, 'dist/src/main.js'), ...command], {
      env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.ended = new Promise((done) => {
      this.child.once('close', (code, signal) => done({ code, signal, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /**
   * Waits until stdout contains the text.
   * @returns the output so far
   * @throws if the program exits before
   */
  waitForOutput(text: string): Promise<string> {
    return new Promise((done, fail) => {
      const look = (): void => void (this.stdout.includes(text) && done(this.stdout));
      this.child.stdout?.on('data', look);
      void this.ended.then(({ stderr }) => fail(new Error(`The program exited without printing "${text}": ${stderr}`)));
      look();
    });
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ExitResult> {
    this.child.kill(signal);
    return this.ended;
  }
}
