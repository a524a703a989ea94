import { Logger } from '@nestjs/common';
import type { RedisClient } from './redis-client.js';
import { within } from '../async/within.js';

/** `off`: none is configured. `down`: it does not answer, and the hub works on in process. */
export type RedisState = 'off' | 'up' | 'down';

/** Who wants to hear what on which channels. */
export type Listeners = Readonly<Record<string, (message: string) => void>>;

/**
 * The one line to Redis: a connection for commands and one for messages. Commands fail at once while it is down; the first that is
 * not answered in time takes it down, and only a successful `probe` takes it up again. It never throws: Redis is help, not need.
 */
export class RedisLink {
  private readonly log = new Logger('Redis');
  private clients: readonly [commands: RedisClient, messages: RedisClient] | undefined;
  private answers = false;
  private complained = false;
  private connected: () => void = () => undefined;
  private listeners: Listeners = {};

  private constructor(
    private readonly newClient: ((failsAtOnce: boolean) => RedisClient) | undefined,
    readonly patienceMs: number,
  ) {}

  /**
   * Loads the client library, which a hub without Redis need not wait for; connects nothing yet.
   * @param patienceMs how long a request waits for Redis before it goes on without
   */
  static async to(url: string | undefined, patienceMs: number): Promise<RedisLink> {
    if (url === undefined) return new RedisLink(undefined, patienceMs);
    const { newRedisClient } = await import('./redis-client.js');
    return new RedisLink((failsAtOnce) => newRedisClient(url, failsAtOnce), patienceMs);
  }

  /** For health and metrics. */
  get state(): RedisState {
    if (!this.newClient) return 'off';
    return this.answers && this.commands?.isReady ? 'up' : 'down';
  }

  /** The connection for commands, for libraries that want one. */
  get commands(): RedisClient | undefined {
    return this.clients?.[0];
  }

  /** Connects in the background, and again whenever a connection is lost; `connected` is called whenever both stand. */
  open(listeners: Listeners, connected: () => void): void {
    this.listeners = listeners;
    this.connected = connected;
    this.reopen();
  }

  /** Gives up both connections for new ones: their other end may be gone without having said so. */
  reopen(): void {
    if (!this.newClient) return;
    this.close();
    const clients = [this.newClient(true), this.newClient(false)] as const;
    this.clients = clients;
    for (const client of clients) {
      client.on('error', (error: Error) => this.isOurs(client) && this.down(error));
      client.on('ready', () => this.isOurs(client) && clients.every(({ isReady }) => isReady) && this.connected());
      client.connect().catch(() => undefined); // told by its events
    }
    for (const [channel, hear] of Object.entries(this.listeners))
      clients[1].subscribe(channel, hear).catch(() => undefined); // with the next connection
  }

  close(): void {
    for (const client of this.clients ?? []) client.destroy();
    this.clients = undefined;
    this.answers = false;
  }

  /** What Redis answers; undefined when it does not, or not in time. */
  async command<T>(run: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    return this.answers ? this.probe(run) : undefined;
  }

  /** The same, asked also of a Redis that is down: an answer takes it up. */
  async probe<T>(run: (client: RedisClient) => Promise<T>, ms = this.patienceMs): Promise<T | undefined> {
    const client = this.commands;
    if (!client?.isReady) return undefined;
    try {
      const answer = await within(ms, run(client));
      if (this.isOurs(client)) this.up();
      return answer;
    } catch (error) {
      if (this.isOurs(client)) this.down(error as Error);
      return undefined;
    }
  }

  private isOurs(client: RedisClient): boolean {
    return this.clients?.includes(client) ?? false;
  }

  private up(): void {
    if (!this.answers) this.log.log('Redis answers');
    this.answers = true;
    this.complained = false;
  }

  /** Says so once, not per request or try. */
  private down(error: Error & { readonly code?: string }): void {
    this.answers = false;
    if (this.complained) return;
    this.complained = true;
    const reason = error.message || error.code || error.name;
    this.log.warn(`Redis does not answer (${reason}): this process works on alone and keeps trying`);
  }
}
