import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.js';

/** Name of the program in Debian's package. */
export const PROGRAM = 'redis-server';

/** The rights of the hub's user, as docs/operations.md has them. */
const DOCUMENTED_USER = /ACL SETUSER (hubfall on >password .*)/.exec(readFileSync('docs/operations.md', 'utf8'))![1]!;

/** A Redis server on the loopback address without persistence, which tests can kill, freeze and restart. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.restart();
    return server;
  }

  /** For a user with all rights. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** For the hub: a user that has only the documented rights. */
  get hubUrl(): string {
    return this.url.replace('//', '//hubfall:password@');
  }

  /** Kills the server with SIGKILL; all data is lost. */
  async kill(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (running === undefined) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Starts an empty server on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    const settings = { port: this.port, bind: '127.0.0.1', dir: tmpdir(), save: '', appendonly: 'no' };
    const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
    flags.push('--user', ...DOCUMENTED_USER.split(' '));
    this.process = spawn(PROGRAM, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
    await waitForOutput(this.process, 'Ready to accept connections');
  }

  /** Freezes the server: connections stay open, but get no responses. */
  hang(): void {
    this.process!.kill('SIGSTOP');
  }

  resume(): void {
    this.process!.kill('SIGCONT');
  }
}

function waitForOutput(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${PROGRAM} exited with code ${code}: ${output}`)));
  });
}
