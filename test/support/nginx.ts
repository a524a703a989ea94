import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';

const SHIPPED = resolve(import.meta.dirname, '../../docker/nginx.conf');
const ASK_EVERY_MS = 20;
const LISTENS_WITHIN_MS = 5000;

/** Debian's nginx with the configuration that we ship, in front of replicas on this machine. */
export class Nginx {
  private constructor(
    private readonly process: ChildProcess,
    private readonly file: string,
    readonly port: number,
  ) {}

  /** @param port where it listens */
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

  /** Other replicas from now on; what runs on the old ones runs on. */
  async lead(replicas: readonly string[]): Promise<void> {
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

/** The shipped file, with its names and ports replaced by those of this test. */
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
    .replace('set $replicas hub:8080;', 'set $replicas fleet;')
    .replace('http {', `http {\n${temporary}\nupstream fleet { ${servers} }`)}`;
}

/** nginx says nothing when it is ready: it is asked until it answers. */
async function listens(port: number, process: ChildProcess): Promise<void> {
  for (let waited = 0; waited < LISTENS_WITHIN_MS; waited += ASK_EVERY_MS) {
    if (process.exitCode !== null) throw new Error(`nginx ended with ${process.exitCode}`);
    const answers = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });
    if (answers) return;
    await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
  }
  throw new Error(`nginx does not listen on ${port}`);
}
