import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';

const SHIPPED = resolve(import.meta.dirname, '../../docker/nginx.conf');
const POLL_INTERVAL_MS = 20;
const START_TIMEOUT_MS = 5000;

/** nginx with the configuration in `docker/`, in front of local replicas. */
export class Nginx {
  private constructor(
    private readonly process: ChildProcess,
    private readonly file: string,
    readonly port: number,
  ) {}

  /** @param port - port to listen on */
  static async start(replicas: readonly string[], port: number): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'hubfall-nginx-'));
    await mkdir(join(folder, 'temp'));
    const file = join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, port, replicas));
    const process = spawn('nginx', ['-p', folder, '-c', file, '-g', 'daemon off;', '-e', 'stderr'], {
      stdio: 'ignore',
    });
    await listens(port, process);
    return new Nginx(process, file, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Replaces the list of replicas. Requests in flight continue on the old ones. */
  async setReplicas(replicas: readonly string[]): Promise<void> {
    await writeFile(this.file, configuration(dirname(this.file), this.port, replicas));
    this.process.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    await rm(dirname(this.file), { recursive: true, force: true });
  }
}

/** The configuration of the image with other names and ports. */
function configuration(folder: string, port: number, replicas: readonly string[]): string {
  const servers = replicas.map((url) => `server ${new URL(url).host} max_fails=0;`).join(' ');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, 'temp')};`)
    .join(' ');
  return `pid ${join(folder, 'nginx.pid')};\n${process.getuid?.() === 0 ? 'user root;\n' : ''}${readFileSync(
    SHIPPED,
    'utf8',
  )
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('set $replicas hub:8080;', 'set $replicas cluster;')
    .replace('http {', `http {\n${temporary}\nupstream cluster { ${servers} }`)}`;
}

/** Polls the port, because nginx does not report when it is ready. */
async function listens(port: number, process: ChildProcess): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_INTERVAL_MS) {
    if (process.exitCode !== null) throw new Error(`nginx exited with code ${process.exitCode}`);
    const isListening = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isListening) return;
    await new Promise((done) => setTimeout(done, POLL_INTERVAL_MS));
  }
  throw new Error(`nginx does not listen on ${port}`);
}
