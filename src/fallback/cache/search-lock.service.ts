import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CLUSTER_KEY_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { RELEASE_LOCK } from './binding-scripts.js';

/** A lock expires after this time if its holder has crashed. Other replicas do not wait longer than this. */
const LOCK_MS = 3_000;
const POLL_MS = { first: 10, max: 50 };

/** A search that several replicas may start at the same time. */
export interface SharedSearch<T> {
  readonly name: string;
  /** Returns the result that another replica has found in the meantime. */
  readonly findCached: () => Promise<T | undefined>;
  readonly search: () => Promise<T>;
}

/** Lets one replica search while the others wait for its result. Without Redis, each replica searches. */
@Injectable()
export class SearchLock {
  private readonly prefix: string;

  constructor(
    private readonly link: RedisLink,
    @Inject(CLUSTER_KEY_PREFIX) prefix: string,
  ) {
    this.prefix = `${prefix}turn:`;
  }

  async run<T>({ name, findCached: look, search }: SharedSearch<T>, signal: AbortSignal): Promise<T> {
    const owner = randomUUID();
    const deadline = performance.now() + LOCK_MS;
    for (let wait = POLL_MS.first; ; wait = Math.min(wait * 1.5, POLL_MS.max)) {
      const isHeld = await this.acquire(name, owner);
      const result = await look();
      if (result !== undefined || isHeld || signal.aborted || performance.now() >= deadline) {
        try {
          return result ?? (await search());
        } finally {
          if (isHeld) void this.release(name, owner);
        }
      }
      await pause(wait);
    }
  }

  /** Always succeeds without Redis. */
  private async acquire(name: string, owner: string): Promise<boolean> {
    const reply = await this.link.command((redis) =>
      redis.set(this.prefix + name, owner, { condition: 'NX', expiration: { type: 'PX', value: LOCK_MS } }),
    );
    return reply !== null;
  }

  private async release(name: string, owner: string): Promise<void> {
    await this.link.command((redis) => redis.eval(RELEASE_LOCK, { keys: [this.prefix + name], arguments: [owner] }));
  }
}
