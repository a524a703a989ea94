import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.js';

/** Debian's. */
export const PROGRAM = 'redis-server';

/** A Redis of our own: loopback only, nothing kept on disk; to be killed, stopped and started again as a test likes. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** `kill -9`: all that it knew is gone. */
  async kill(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (running === undefined) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** At the same port, empty. */
  async restart(): Promise<void> {
    await this.kill();
    const settings = { port: this.port, bind: '127.0.0.1', dir: tmpdir(), save: '', appendonly: 'no' };
    const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
    this.process = spawn(PROGRAM, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
    await sayingIt(this.process, 'Ready to accept connections');
  }

  /** It hangs: connections stand, and nothing is answered. */
  hang(): void {
    this.process!.kill('SIGSTOP');
  }

  goOn(): void {
    this.process!.kill('SIGCONT');
  }
}

function sayingIt(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(words)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${PROGRAM} ended with ${code}: ${said}`)));
  });
}
