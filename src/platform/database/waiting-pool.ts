import { Client, Pool, type ClientConfig, type PoolClient, type PoolConfig } from 'pg';
import { ConnectionWatch } from './connection-watch.js';

const CONNECT_MS = 5000;
/** A process without a connection tries again after this time. */
const RETRY_MS = 200;
/** After the server refused a connection, the process asks for one more connection at this rate. */
const GROW_MS = 1000;
/** How long the server counts as full after it refused a connection. */
const FULL_MS = 10_000;
/** A wait fails if no connection was opened or returned for this long. */
const STALL_MS = 8000;

/** The wording of pg, by which errors of an unavailable database are recognized. */
const noConnection = (): Error => new Error('timeout exceeded when trying to connect');

type Release = (error?: Error | boolean) => void;
type Acquired = (error: Error | undefined, client: PoolClient | undefined, release: Release) => void;

/** Whether the server, or a pooler in front of it, has no connection left for this process. */
export function isConnectionRefusal(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  return code === '53300' || (code === '08P01' && /no more connections allowed/.test(message ?? ''));
}

/**
 * A connection pool that waits for a connection as long as others work, and does not wait for a server that hangs. If the server refuses another connection, the pool continues with the ones
 * that it has, and returns some of them now and then, so that processes without a connection get one.
 */
export class WaitingPool extends Pool {
  /** Connections that the server has refused. */
  refusals = 0;
  private readonly size: number;
  private refusedAt = -Infinity;
  private yieldedAt = -Infinity;
  private growth: NodeJS.Timeout | undefined;
  private progressAt = performance.now();
  private readonly watch: ConnectionWatch;
  /** Waiting requests; each function makes one fail. */
  private readonly waiters = new Set<() => void>();

  constructor(options: PoolConfig & { readonly poolSize?: number }) {
    const refuse = (): boolean => this.refuse();
    class HubClient extends Client {
      constructor(config: ClientConfig) {
        super({ ...config, connectionTimeoutMillis: CONNECT_MS });
      }

      /** Reports a refusal late if there are no other connections, so that the pool waits before it tries again. */
      override connect(): Promise<Client>;
      override connect(callback: (error: Error) => void): void;
      override connect(callback?: (error: Error) => void): Promise<Client> | void {
        if (!callback) return super.connect();
        super.connect((error: Error) => {
          if (isConnectionRefusal(error) && refuse()) setTimeout(callback, RETRY_MS, error);
          else callback(error);
        });
      }
    }
    super({ ...options, connectionTimeoutMillis: 0, Client: HubClient as never });
    this.size = this.options.max;
    const progress = (): void => void (this.progressAt = performance.now());
    this.on('connect', progress).on('release', progress);
    this.watch = new ConnectionWatch(options, () => this.failWaiters());
    this.on('connect', (client) => this.watch.add(client)).on('remove', (client) => this.watch.remove(client));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Acquired): void;
  override connect(callback?: Acquired): Promise<PoolClient> | void {
    if (callback) return this.wait(callback);
    return new Promise((resolve, reject) => {
      this.wait((error, client) => (error ? reject(error) : resolve(client!)));
    });
  }

  private failWaiters(): void {
    for (const fail of [...this.waiters]) fail();
  }

  private wait(callback: Acquired): void {
    if (this.watch.isServerDown) return callback(noConnection(), undefined, () => undefined);
    const startedAt = performance.now();
    let isOver = false;
    const finish = (...result: Parameters<Acquired>): void => {
      clearTimeout(timer);
      this.waiters.delete(fail);
      isOver = true;
      callback(...result);
    };
    const fail = (): void => finish(noConnection(), undefined, () => undefined);
    this.waiters.add(fail);
    const checkProgress = (): void => {
      const stalledMs = performance.now() - Math.max(this.progressAt, startedAt);
      if (stalledMs >= STALL_MS) fail();
      else timer = setTimeout(checkProgress, STALL_MS - stalledMs);
    };
    let timer = setTimeout(checkProgress, STALL_MS);
    const attempt = (): void => {
      super.connect((error, client, release) => {
        if (isOver) return client && release();
        if (!error) return finish(undefined, client, (failure) => release(failure ?? this.shouldYield()));
        const mayWait = this.totalCount > 0 || performance.now() - startedAt < STALL_MS;
        if (isConnectionRefusal(error) && mayWait) attempt();
        else finish(error, undefined, () => undefined);
      });
    };
    attempt();
  }

  /**
   * Notes that the server refused a connection. The pool does not grow for a while.
   * @returns whether the pool has no other connection
   */
  private refuse(): boolean {
    const others = this.totalCount - 1;
    this.limit(Math.max(1, others));
    this.refusals++;
    this.refusedAt = performance.now();
    this.emit('refusal');
    return others <= 0;
  }

  /** Limits the number of connections, which may then grow by one each second. */
  private limit(max: number): void {
    this.options.max = Math.min(this.size, max);
    clearTimeout(this.growth);
    if (this.options.max < this.size) this.growth = setTimeout(() => this.limit(this.options.max + 1), GROW_MS).unref();
  }

  /** Whether a returned connection is closed for the sake of processes that have none: while the server is full, one each second. */
  private shouldYield(): boolean {
    const now = performance.now();
    if (this.totalCount < 2 || now - this.refusedAt > FULL_MS || now - this.yieldedAt < GROW_MS) return false;
    this.yieldedAt = now;
    this.limit(Math.max(1, this.totalCount - 1));
    return true;
  }
}
