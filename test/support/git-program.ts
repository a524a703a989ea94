import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** The exit code and output of a command. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The git program with a separate home directory: no user or system configuration, and no password prompts. */
export class GitProgram {
  private constructor(readonly home: string) {}

  /** @param settings - settings of `git config` */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<GitProgram> {
    const git = new GitProgram(await temporaryFolder());
    for (const [name, value] of Object.entries(settings)) await git.output('', 'config', '--global', name, value);
    return git;
  }

  /** @param folder - working directory, relative to the home directory */
  run(folder: string, ...args: string[]): Promise<ProcessResult> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    };
    const child = spawn('git', args, { cwd: join(this.home, folder), env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString().trim();
    return new Promise((done, fail) =>
      child.once('error', fail).once('close', (code) => done({ code, stdout: text(stdout), stderr: text(stderr) })),
    );
  }

  /**
   * Runs a command and returns its output.
   * @throws if it fails
   */
  async output(folder: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(folder, ...args);
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}:\n${stderr}`);
    return stdout;
  }
}
