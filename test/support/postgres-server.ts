import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';

/** Installation folder of Debian's packages. */
export const INSTALLATIONS = '/usr/lib/postgresql';

const LIMITED = 'limited';

/** Folder with the programs of the newest version; `undefined` if none is installed. */
export function postgresBinaries(): string | undefined {
  if (!existsSync(INSTALLATIONS)) return undefined;
  const newest = readdirSync(INSTALLATIONS).sort().pop();
  const folder = join(INSTALLATIONS, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/** A PostgreSQL server in a temporary folder, on the loopback address, without fsync. */
export class PostgresServer {
  private databases = 0;
  private process: ChildProcess | undefined;

  private constructor(
    private readonly binaries: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @throws if PostgreSQL is not installed */
  static async start(): Promise<PostgresServer> {
    const binaries = postgresBinaries();
    if (binaries === undefined) throw new Error(`no PostgreSQL under ${INSTALLATIONS}`);
    const folder = mkdtempSync(join(tmpdir(), 'hubfall-pg-'));
    const user = unprivilegedUser();
    chmodSync(folder, 0o700);
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
    const data = join(folder, 'data');
    const init = spawnSync(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'hub', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
      { ...user, cwd: folder, encoding: 'utf8' },
    );
    if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
    const server = new PostgresServer(binaries, folder, await freePort());
    await server.resume();
    return server;
  }

  /** Starts the server again after `halt`, on the same port. */
  async resume(): Promise<void> {
    const settings = {
      fsync: 'off',
      full_page_writes: 'off',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      max_connections: '200',
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const data = join(this.folder, 'data');
    this.process = spawn(join(this.binaries, 'postgres'), ['-D', data, '-p', String(this.port), ...flags], {
      ...unprivilegedUser(),
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await waitForOutput(this.process, 'ready to accept connections');
  }

  /** PostgreSQL's "fast" shutdown, which closes all sessions. */
  async halt(): Promise<void> {
    const running = this.process!;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGINT');
    await ended;
  }

  /**
   * @param template - URL of a database to copy; without it, the new database is empty
   * @returns the URL of the new database
   */
  async newDatabase(template?: string): Promise<string> {
    const name = `hub_${(this.databases += 1)}`;
    const copied = template === undefined ? '' : ` TEMPLATE ${new URL(template).pathname.slice(1)}`;
    await this.run(`CREATE DATABASE ${name}${copied}`);
    return this.url(name);
  }

  /** Creates an empty database of a role that is not a superuser, so that `limitConnections` applies to it. */
  async newLimitedDatabase(): Promise<string> {
    const url = await this.newDatabase();
    await this.run(`CREATE ROLE ${LIMITED} LOGIN`);
    await this.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ${LIMITED}`);
    return url.replace('//hub@', `//${LIMITED}@`);
  }

  /** Limits the connections to the limited database, and closes the open ones. -1: no limit. */
  async limitConnections(limit: number): Promise<void> {
    await this.run(`ALTER ROLE ${LIMITED} CONNECTION LIMIT ${limit}`);
    await this.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${LIMITED}'`);
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  private url(database: string): string {
    return `postgresql://hub@127.0.0.1:${this.port}/${database}`;
  }
}

/** The account to run as if the tests run as root, which PostgreSQL does not allow: that of the package, or `nobody`. */
function unprivilegedUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  return {};
}

function idOf(flag: string, name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout) : undefined;
}

function waitForOutput(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`postgres exited with code ${code}: ${output}`)));
  });
}
