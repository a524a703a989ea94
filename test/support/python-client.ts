import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pythonOf, pythonReady } from '../clients/python-envs.mjs';
import { FULL_RUN } from './full-run.js';
import { PythonServer, type ProcessResult } from './python-server.js';

const SCRIPTS = resolve(import.meta.dirname, '../clients/python');

/** A call of `HfApi` or `HfFileSystem` with named arguments. */
export interface PythonCall {
  readonly on: 'api' | 'fs';
  readonly call: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The result of a call: a value, or the class of the exception and its base classes, most specific first. */
export interface PythonOutcome {
  readonly value?: unknown;
  readonly error?: readonly string[];
  readonly message?: string;
}

/** Endpoint, token and variables of a Python process. Settings of this machine are not used. */
export interface PythonSettings {
  readonly endpoint: string;
  readonly token?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** A version of huggingface_hub. Each instance has its own cache. */
export class PythonClient {
  private server: PythonServer | undefined;

  private constructor(
    private readonly env: PythonEnv,
    private readonly settings: PythonSettings,
    /** A temporary folder for the cache and downloads. */
    readonly home: string,
  ) {}

  static async start(env: PythonEnv, settings: PythonSettings): Promise<PythonClient> {
    if (!pythonReady(env))
      throw new Error('The Python environments are missing. Run `node test/clients/python-envs.mjs` once.');
    return new PythonClient(env, settings, await mkdtemp(join(tmpdir(), 'hubfall-python-')));
  }

  /** Runs calls sequentially in a new process. */
  async call(...calls: PythonCall[]): Promise<PythonOutcome[]> {
    const { code, stdout, stderr } = await this.running().send({ calls });
    if (code !== 0) throw new Error(`calls.py failed: ${stderr}`);
    return JSON.parse(stdout) as PythonOutcome[];
  }

  /** Runs the `hf` command in a new process, forked from one that has loaded its modules. */
  hf(...args: string[]): Promise<ProcessResult> {
    return this.running().send({ hf: args });
  }

  /** Runs a script of test/clients/python. */
  run(script: string, args: readonly string[] = []): Promise<ProcessResult> {
    return this.spawn(pythonOf(this.env), [join(SCRIPTS, script), ...args]);
  }

  /** Runs the `hf` command like a shell. */
  command(...args: string[]): Promise<ProcessResult> {
    return this.spawn(join(dirname(pythonOf(this.env)), 'hf'), args);
  }

  /** Runs the `hf` command like a shell, and kills it when `until` resolves. Returns its exit code, or null if it was killed. */
  async commandUntil(until: Promise<unknown>, ...args: string[]): Promise<number | null> {
    const options = { env: this.variables(), cwd: this.home, stdio: 'ignore' } as const;
    const child = spawn(join(dirname(pythonOf(this.env)), 'hf'), args, options);
    const exited = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
    void until.finally(() => child.kill('SIGKILL')).catch(() => undefined);
    return exited;
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

/** The tested versions of huggingface_hub: hf1 is 1.x, hf2 is 2.x. */
export const PYTHON_ENVS = ['hf1', 'hf2'] as const;
export type PythonEnv = (typeof PYTHON_ENVS)[number];

/**
 * For tests that do not depend on the version. The versions differ in their HTTP library (httpx, httpx2), in redirects (2.x follows them to a
 * hub's host with the caller's token) and in error handling, so reads through redirects are tested with both. Their requests
 * and their hf_xet are the same.
 */
export const NEWEST_PYTHON_ENVS: readonly PythonEnv[] = FULL_RUN ? PYTHON_ENVS : ['hf2'];
