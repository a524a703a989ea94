import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pythonOf, pythonReady } from '../clients/python-envs.mjs';
import { FULL_RUN } from './full-run.js';
import { PythonServer, type ProcessResult } from './python-server.js';

const SCRIPTS = resolve(import.meta.dirname, '../clients/python');

/** One call of `HfApi` or `HfFileSystem`, arguments by name. */
export interface PythonCall {
  readonly on: 'api' | 'fs';
  readonly call: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What came of it: a value, or an exception's class with its parents, nearest first. */
export interface PythonOutcome {
  readonly value?: unknown;
  readonly error?: readonly string[];
  readonly message?: string;
}

/** What a Python process is told of the world: where the hub is, whose token, and nothing of this machine's own settings. */
export interface PythonSettings {
  readonly endpoint: string;
  readonly token?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The real huggingface_hub of one generation, each instance with an empty cache of its own. */
export class PythonClient {
  private server: PythonServer | undefined;

  private constructor(
    private readonly env: PythonEnv,
    private readonly settings: PythonSettings,
    /** A temporary folder: the cache, and room for downloads. */
    readonly home: string,
  ) {}

  static async start(env: PythonEnv, settings: PythonSettings): Promise<PythonClient> {
    if (!pythonReady(env))
      throw new Error('the Python environments are missing: run `node test/clients/python-envs.mjs` once');
    return new PythonClient(env, settings, await mkdtemp(join(tmpdir(), 'hubfall-python-')));
  }

  /** Runs calls one after the other in a process of their own. */
  async call(...calls: PythonCall[]): Promise<PythonOutcome[]> {
    const { code, stdout, stderr } = await this.running().send({ calls });
    if (code !== 0) throw new Error(`ask.py failed: ${stderr}`);
    return JSON.parse(stdout) as PythonOutcome[];
  }

  /** What the `hf` command runs, in a process of its own. */
  hf(...args: string[]): Promise<ProcessResult> {
    return this.running().send({ hf: args });
  }

  /** Runs a script of test/clients/python. */
  run(script: string, args: readonly string[] = []): Promise<ProcessResult> {
    return this.spawn(pythonOf(this.env), [join(SCRIPTS, script), ...args]);
  }

  /** The `hf` command as a shell starts it. */
  command(...args: string[]): Promise<ProcessResult> {
    return this.spawn(join(dirname(pythonOf(this.env)), 'hf'), args);
  }

  async close(): Promise<void> {
    await this.server?.close();
    await rm(this.home, { recursive: true, force: true });
  }

  private running(): PythonServer {
    const options = { env: this.variables(), cwd: this.home };
    return (this.server ??= new PythonServer(pythonOf(this.env), join(SCRIPTS, 'serve.py'), options));
  }

  private async spawn(command: string, args: readonly string[]): Promise<ProcessResult> {
    const child = spawn(command, args, { env: this.variables(), cwd: this.home });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.end();
    const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
    return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  }

  private variables(): Record<string, string> {
    const { endpoint, token, more } = this.settings;
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      HF_HOME: join(this.home, 'hf'),
      HF_ENDPOINT: endpoint,
      HF_HUB_DISABLE_TELEMETRY: '1',
      HF_HUB_DISABLE_PROGRESS_BARS: '1',
      NO_PROXY: '*',
      PYTHONIOENCODING: 'utf-8',
      ...(token ? { HF_TOKEN: token } : {}),
      ...more,
    };
  }
}

/** The generations under test: hf1 is 1.x, hf2 is 2.x. */
export const PYTHON_ENVS = ['hf1', 'hf2'] as const;
export type PythonEnv = (typeof PYTHON_ENVS)[number];

/**
 * For what does not depend on the generation. They differ in their HTTP library (httpx, httpx2), in redirects (2.x follows them to a
 * hub's host with the caller's token) and in what they make of errors: reads through redirects are tested with both. Their requests
 * and their hf_xet are the same.
 */
export const NEWEST_PYTHON_ENVS: readonly PythonEnv[] = FULL_RUN ? PYTHON_ENVS : ['hf2'];
