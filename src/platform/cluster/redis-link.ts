import { Logger } from '@nestjs/common';
import { withTimeout } from '../async/with-timeout.js';
import type { RedisClient } from './redis-client.js';
import { describeRedisProblem } from './redis-problem.js';

/** `off`: Redis is not configured. `down`: Redis does not respond, and this replica runs without it. */
export type RedisState = 'off' | 'up' | 'down';

/** Message handlers by channel. */
export type ChannelListeners = Readonly<Record<string, (message: string) => void>>;

/**
 * The connections to Redis: one for commands and one for subscriptions. The first command that gets no reply in time marks Redis as down.
 * While it is down, commands fail at once, and only a successful `probe` marks it as up again. Methods never throw, because the hub works
 * without Redis.
 */
export class RedisLink {
  private readonly log = new Logger('Redis');
  private clients: readonly [commands: RedisClient, subscriptions: RedisClient] | undefined;
  private isUp = false;
  /** The logged reason for this outage. */
  private warnedAbout: string | undefined;
  private onConnected: () => void = () => undefined;
  private listeners: ChannelListeners = {};

  private constructor(
    private readonly newClient: ((failFast: boolean) => RedisClient) | undefined,
    readonly timeoutMs: number,
  ) {}

  /**
   * Loads the client library if Redis is configured. Does not connect yet.
   * @param timeoutMs - how long a request waits for Redis before it continues without it
   * @param authorities - trusted certificate authorities; by default, the authorities that Node.js includes
   */
  static async create(url: string | undefined, timeoutMs: number, authorities?: readonly string[]): Promise<RedisLink> {
    if (url === undefined) return new RedisLink(undefined, timeoutMs);
    const { newRedisClient } = await import('./redis-client.js');
    return new RedisLink((failFast) => newRedisClient(url, { failFast, reconnects: true, authorities }), timeoutMs);
  }

  /** For health and metrics. */
  get state(): RedisState {
    if (!this.newClient) return 'off';
    return this.isUp && this.commands?.isReady ? 'up' : 'down';
  }

  /** The reason why Redis is down, without a full stop. */
  get problem(): string {
    return this.warnedAbout ?? 'Redis does not respond';
  }

  /** The connection for commands, while one is open. */
  get commands(): RedisClient | undefined {
    return this.clients?.[0];
  }

  /** Connects in the background, and reconnects when a connection is lost. `onConnected` is called whenever both connections are ready. */
  open(listeners: ChannelListeners, onConnected: () => void): void {
    this.listeners = listeners;
    this.onConnected = onConnected;
    this.reopen();
  }

  /** Replaces both connections. The server may have disappeared without closing them. */
  reopen(): void {
    if (!this.newClient) return;
    this.close();
    const clients = [this.newClient(true), this.newClient(false)] as const;
    this.clients = clients;
    for (const client of clients) {
      client.on('error', (error: Error) => this.isCurrent(client) && this.markDown(error));
      client.on('ready', () => this.isCurrent(client) && clients.every(({ isReady }) => isReady) && this.onConnected());
      client.connect().catch(() => undefined); // reported by the error event
    }
    for (const [channel, listener] of Object.entries(this.listeners))
      clients[1].subscribe(channel, listener).catch(() => undefined); // repeated on the next connection
  }

  close(): void {
    for (const client of this.clients ?? []) client.destroy();
    this.clients = undefined;
    this.isUp = false;
  }

  /** Runs a command. Returns `undefined` if Redis is down or does not respond in time. */
  async command<T>(run: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    return this.isUp ? this.probe(run) : undefined;
  }

  /** Like `command`, but also tries a Redis that is marked as down. A reply marks it as up. */
  async probe<T>(run: (client: RedisClient) => Promise<T>, ms = this.timeoutMs): Promise<T | undefined> {
    const client = this.commands;
    if (!client?.isReady) return undefined;
    try {
      const reply = await withTimeout(ms, run(client));
      if (this.isCurrent(client)) this.markUp();
      return reply;
    } catch (error) {
      if (this.isCurrent(client)) this.markDown(error as Error);
      return undefined;
    }
  }

  private isCurrent(client: RedisClient): boolean {
    return this.clients?.includes(client) ?? false;
  }

  private markUp(): void {
    if (!this.isUp) this.log.log('Connected to Redis');
    this.isUp = true;
    this.warnedAbout = undefined;
  }

  /** Logs once per outage, not once per request. */
  private markDown(error: Error & { readonly code?: string }): void {
    this.isUp = false;
    if (this.warnedAbout !== undefined) return;
    this.warnedAbout = describeRedisProblem(error);
    this.log.warn(`${this.warnedAbout}. This replica runs without it and keeps trying to reconnect.`);
  }
}
