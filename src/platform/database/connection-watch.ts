import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { Client, DatabaseError, type ClientConfig } from 'pg';

const TICK_MS = 1000;
/** A query that has got no byte of its result for this long may wait in vain. Most queries take milliseconds. */
const SILENT_MS = 3000;
/** Timeout of a test of the server. */
const TEST_MS = 4000;
/** How often the server is tested while a query takes long. */
const RETEST_MS = 5000;

/** Properties of a client of `pg` that its types do not declare. */
interface Connection extends Pick<Client, 'emit'> {
  /** False while a query is running. */
  readonly readyForQuery?: boolean;
  readonly processID: number | null;
  readonly connection: { readonly stream: Socket };
}

interface Watched {
  bytesRead: number;
  silentSince: number;
  /** The server does not work on the query that the connection waits for. */
  isLost: boolean;
}

/** The result of a test: whether the server responded, and which of the given processes do not work on a query. */
interface ServerState {
  readonly responds: boolean;
  readonly lost: ReadonlySet<number>;
}

const NOTHING_LOST: ReadonlySet<number> = new Set();

/**
 * Finds connections to a database that will never answer: the server hangs, or the connection was interrupted without a notice, as by a failover or
 * a firewall. Their queries would wait for many minutes, and other requests for a connection. Long queries of a server that works are not affected.
 */
export class ConnectionWatch {
  private readonly log = new Logger('Database');
  private readonly connections = new Map<Connection, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private isTesting = false;
  private testedAt = -Infinity;
  private isDown = false;

  /**
   * @param config - of the connections to test the server
   * @param onDown - called when the server turns out to hang
   */
  constructor(
    private readonly config: ClientConfig,
    private readonly onDown: () => void,
  ) {}

  /** Whether the server is known to hang. It is tested every second. */
  get isServerDown(): boolean {
    return this.isDown;
  }

  add(client: unknown): void {
    this.connections.set(client as Connection, { bytesRead: -1, silentSince: performance.now(), isLost: false });
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  remove(client: unknown): void {
    this.connections.delete(client as Connection);
    if (this.connections.size === 0) this.stopIfIdle();
  }

  private stopIfIdle(): void {
    if (this.isDown) return; // continues to test
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    const now = performance.now();
    let longest = 0;
    for (const [client, watched] of this.connections) {
      const { bytesRead } = client.connection.stream;
      if (client.readyForQuery || bytesRead !== watched.bytesRead)
        Object.assign(watched, { bytesRead, silentSince: now, isLost: false });
      longest = Math.max(longest, now - watched.silentSince);
    }
    if (this.isDown || [...this.connections.values()].some(({ isLost }) => isLost)) this.abandon(now);
    const interval = this.isDown ? TICK_MS : RETEST_MS;
    if ((this.isDown || longest >= SILENT_MS) && now - this.testedAt >= interval) void this.test();
  }

  /** Closes connections that wait in vain, and idle ones, which are probably interrupted as well. */
  private abandon(now: number): void {
    const all = [...this.connections];
    const idle = all.filter(([{ readyForQuery }]) => readyForQuery);
    const waiting = all.filter(
      ([{ readyForQuery }, { isLost, silentSince }]) =>
        !readyForQuery && (isLost || (this.isDown && now - silentSince >= TICK_MS)),
    );
    for (const [client] of idle) client.emit('error', new Error('The connection may be interrupted')); // the pool removes it at once
    for (const [{ connection }] of [...idle, ...waiting]) connection.stream.destroy();
  }

  private async test(): Promise<void> {
    if (this.isTesting) return;
    this.isTesting = true;
    try {
      const { responds, lost } = await testServer(this.config, this.pidsOfSilent());
      this.setDown(!responds);
      for (const [client, watched] of this.connections)
        watched.isLost = performance.now() - watched.silentSince >= SILENT_MS && lost.has(client.processID ?? -1);
    } finally {
      this.testedAt = performance.now();
      this.isTesting = false;
    }
  }

  private setDown(isDown: boolean): void {
    if (isDown === this.isDown) return;
    this.isDown = isDown;
    if (!isDown) return this.log.log('The database responds again.');
    this.log.warn('The database does not respond. Requests that need it are refused until it does.');
    this.abandon(performance.now());
    this.onDown();
  }

  private pidsOfSilent(): number[] {
    const now = performance.now();
    return [...this.connections].flatMap(([{ processID }, { silentSince }]) =>
      processID !== null && now - silentSince >= SILENT_MS ? [processID] : [],
    );
  }
}

/** Tests a server with a new connection. */
async function testServer(config: ClientConfig, pids: readonly number[]): Promise<ServerState> {
  const client = new Client({ ...config, connectionTimeoutMillis: TEST_MS });
  client.on('error', () => undefined); // after the timeout
  const timeout = setTimeout(() => (client as unknown as Connection).connection.stream.destroy(), TEST_MS);
  try {
    await client.connect();
    const { rows } = await client.query<{ own: number; working: number[] }>(WORKING, [pids]);
    const { own, working } = rows[0]!;
    // behind a pooler, the numbers of processes are its own
    const isDirect = own === (client as unknown as Connection).processID;
    return { responds: true, lost: isDirect ? new Set(pids.filter((pid) => !working.includes(pid))) : NOTHING_LOST };
  } catch (error) {
    return { responds: error instanceof DatabaseError, lost: NOTHING_LOST }; // for example, it has no free connection
  } finally {
    clearTimeout(timeout);
    void client.end().catch(() => undefined);
  }
}

const WORKING = `SELECT pg_backend_pid() AS own, coalesce(array_agg(pid), '{}') AS working FROM pg_stat_activity
  WHERE pid = ANY($1) AND state NOT LIKE 'idle%'`;
