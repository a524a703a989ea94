import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';
import { SERVER_TLS, TEST_CA_FILE } from './test-tls.js';

const OPERATIONS = resolve(import.meta.dirname, '../../docs/operations.md');
const POLL_INTERVAL_MS = 20;

/** nginx with TLS and the configuration in docs/operations.md, which serves a hub under the path `/tools/hub`. */
export class PrefixProxy {
  /** The certificate authority that clients must trust. */
  readonly caFile = TEST_CA_FILE;

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @param hub - URL of the hub, which must trust 127.0.0.1 */
  static async start(hub: string): Promise<PrefixProxy> {
    const folder = await temporaryFolder();
    const port = await freePort();
    await writeFile(join(folder, 'cert.pem'), SERVER_TLS.cert);
    await writeFile(join(folder, 'key.pem'), SERVER_TLS.key);
    const file = join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, port, hub));
    const process = spawn('nginx', ['-p', folder, '-c', file, '-g', 'daemon off;', '-e', 'stderr'], {
      stdio: 'ignore',
    });
    const proxy = new PrefixProxy(process, folder, port);
    while (process.exitCode === null && !(await isOpen(port)))
      await new Promise((done) => setTimeout(done, POLL_INTERVAL_MS));
    if (process.exitCode !== null) throw new Error(`nginx exited with code ${process.exitCode}`);
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}/tools/hub`;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, port: number, hub: string): string {
  const documented = /```nginx\n([^`]+)```/.exec(readFileSync(OPERATIONS, 'utf8'))![1]!;
  const own = documented
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;`)
    .replace('http://127.0.0.1:8080', hub);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path temp_${kind};`,
  );
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}\npid ${join(folder, 'nginx.pid')};\nevents {}\nhttp { access_log off; ${temporary.join(' ')}\n${own}}`;
}

async function isOpen(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy() && done(true)).on('error', () => done(false));
  });
}
