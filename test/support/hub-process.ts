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
const READY_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 50;
const STOP_TIMEOUT_MS = 10_000;

/** A source in KOHAKU_HUB_FALLBACK_SOURCES; omitted fields have defaults. */
export type EnvSource = Partial<SourceSetting> & Pick<SourceSetting, 'name' | 'url' | 'source_type'>;

export interface HubProcessOptions {
  readonly sources: readonly EnvSource[];
  /** Additional or overridden variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The port to listen on; by default a free one. */
  readonly port?: number;
  /** The built `main.js` of another version. */
  readonly program?: string;
  /** An existing data directory; by default a new one is created. */
  readonly dataDir?: string;
  /** A file that replaces `/etc/hosts` for this process; needs Linux and root. */
  readonly hosts?: string;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The built hub in a separate process, on a free port and with its own data directory. */
export class HubProcess {
  readonly adminToken = ADMIN_TOKEN;
  /** Its output to stdout and stderr. */
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

  /** @throws if the hub is not built or does not become ready; the message contains its output */
  static async start(options: HubProcessOptions): Promise<HubProcess> {
    const main = options.program ?? MAIN;
    if (!existsSync(main)) throw new Error(`${main} does not exist. Run \`npm run build\` first.`);
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hubfall-data-')));
    const port = options.port ?? (await freePort());
    const [program, ...args] = [...withHosts(options.hosts), process.execPath, '--enable-source-maps', main];
    const child = spawn(program!, args, {
      cwd: dataDir,
      env: { PATH: process.env.PATH ?? '', ...variables(port, dataDir, options) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hub = new HubProcess(child, port, dataDir);
    try {
      await hub.waitUntilReady();
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

  /** Kills the process with SIGKILL and keeps its data directory. */
  async kill(): Promise<void> {
    const exited = this.exited();
    this.child.kill('SIGKILL');
    await exited;
  }

  private async exited(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((done) => this.child.once('exit', done));
  }

  /** Stops the process with SIGTERM and keeps its data directory. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = this.exited();
    const killTimer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    this.child.kill('SIGTERM');
    await exited;
    clearTimeout(killTimer);
  }

  /** Stops the process and deletes its data directory. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Polls until the hub is ready. */
  private async waitUntilReady(): Promise<void> {
    for (let waited = 0; waited < READY_TIMEOUT_MS; waited += POLL_INTERVAL_MS) {
      if (this.child.exitCode !== null)
        throw new Error(`The hub exited with code ${this.child.exitCode}:\n${this.output}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(POLL_INTERVAL_MS);
    }
    throw new Error(`The hub was not ready within ${READY_TIMEOUT_MS} ms:\n${this.output}`);
  }
}

/** Runs the program in its own mount namespace with another `/etc/hosts`; it keeps its process ID. */
const withHosts = (hosts?: string): readonly string[] =>
  hosts === undefined ? [] : ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts];

const variables = (port: number, dataDir: string, options: HubProcessOptions): Record<string, string> => ({
  HOST: '127.0.0.1',
  PORT: String(port),
  KOHAKU_HUB_DATA_DIR: dataDir,
  KOHAKU_HUB_ADMIN_SECRET_TOKEN: ADMIN_TOKEN,
  KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(options.sources),
  KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS: '0', // tests count the requests to sources
  LOG_LEVEL: 'warn',
  ...options.env,
});
