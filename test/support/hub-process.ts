import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SourceSetting } from '../../src/domain/source.js';
import { freePort } from './free-port.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/src/main.js');
const ADMIN_TOKEN = 'test-admin-token-0123456789abcdef0123456789';
const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 50;
const STOPS_WITHIN_MS = 10_000;

/** A source as the environment's list takes it: what is not said has its default. */
export type EnvSource = Partial<SourceSetting> & Pick<SourceSetting, 'name' | 'url' | 'source_type'>;

export interface HubProcessOptions {
  readonly sources: readonly EnvSource[];
  /** More variables, or other values. */
  readonly env?: Readonly<Record<string, string>>;
  /** The data directory of a hub that was killed, to go on with; a fresh one when absent. */
  readonly dataDir?: string;
  /** A file that this process has in the place of `/etc/hosts`; needs Linux and root. */
  readonly hosts?: string;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The built hub as a process of its own, on a free port and a fresh data directory. */
export class HubProcess {
  readonly adminToken = ADMIN_TOKEN;
  /** What it wrote to its standard streams. */
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    readonly dataDir: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** @throws when the hub was not built or does not become ready; the message holds its output */
  static async start(options: HubProcessOptions): Promise<HubProcess> {
    if (!existsSync(MAIN)) throw new Error('the hub is not built: run `npm run build` first');
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hubfall-data-')));
    const port = await freePort();
    const [program, ...args] = [...withHosts(options.hosts), process.execPath, '--enable-source-maps', MAIN];
    const child = spawn(program!, args, {
      cwd: dataDir,
      env: { PATH: process.env.PATH ?? '', ...variables(port, dataDir, options) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hub = new HubProcess(child, port, dataDir);
    try {
      await hub.becomeReady();
    } catch (error) {
      await hub.close();
      throw error;
    }
    return hub;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** `kill -9`. Its data directory stays as it is. */
  async kill(): Promise<void> {
    const gone = this.gone();
    this.child.kill('SIGKILL');
    await gone;
  }

  private async gone(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((done) => this.child.once('exit', done));
  }

  /** Tells the process to end, as a supervisor does. Its data directory stays. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = this.gone();
    const hardly = setTimeout(() => this.child.kill('SIGKILL'), STOPS_WITHIN_MS);
    this.child.kill('SIGTERM');
    await gone;
    clearTimeout(hardly);
  }

  /** The same, and removes its data directory. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A process cannot be awaited like a promise: it is asked until it answers, for a bounded time. */
  private async becomeReady(): Promise<void> {
    for (let waited = 0; waited < READY_WITHIN_MS; waited += ASK_EVERY_MS) {
      if (this.child.exitCode !== null) throw new Error(`the hub exited with ${this.child.exitCode}:\n${this.output}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(ASK_EVERY_MS);
    }
    throw new Error(`the hub was not ready within ${READY_WITHIN_MS} ms:\n${this.output}`);
  }
}

/** The program comes to see another file, in a mount namespace of its own; it keeps the process id. */
const withHosts = (hosts?: string): readonly string[] =>
  hosts === undefined ? [] : ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts];

const variables = (port: number, dataDir: string, options: HubProcessOptions): Record<string, string> => ({
  HOST: '127.0.0.1',
  PORT: String(port),
  KOHAKU_HUB_BASE_URL: `http://127.0.0.1:${port}`,
  KOHAKU_HUB_DATA_DIR: dataDir,
  KOHAKU_HUB_ADMIN_SECRET_TOKEN: ADMIN_TOKEN,
  KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(options.sources),
  LOG_LEVEL: 'warn',
  ...options.env,
});
