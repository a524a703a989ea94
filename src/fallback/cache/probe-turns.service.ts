import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { clusterKeyPrefix } from '../../platform/cluster/cluster-key-prefix.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { RELEASE } from './binding-scripts.js';

/** A turn ends by itself after so long, should who has it be gone; and nobody waits for longer. */
const TURN_MS = 3_000;
const LOOK_AGAIN_MS = { first: 10, last: 50 };

/** One search, which several replicas may want to make at the same time. */
export interface SharedSearch<T> {
  readonly name: string;
  /** What another replica has found meanwhile. */
  readonly look: () => Promise<T | undefined>;
  readonly search: () => Promise<T>;
}

/** Lets one replica search while the others wait for what it finds. Without Redis each searches for itself. */
@Injectable()
export class ProbeTurns {
  private readonly prefix: string;

  constructor(
    private readonly link: RedisLink,
    @Inject(HUB_CONFIG) config: HubConfig,
  ) {
    this.prefix = `${clusterKeyPrefix(config)}turn:`;
  }

  async take<T>({ name, look, search }: SharedSearch<T>, signal: AbortSignal): Promise<T> {
    const word = randomUUID();
    const until = performance.now() + TURN_MS;
    for (let wait = LOOK_AGAIN_MS.first; ; wait = Math.min(wait * 1.5, LOOK_AGAIN_MS.last)) {
      const isMine = await this.begin(name, word);
      const found = await look();
      if (found !== undefined || isMine || signal.aborted || performance.now() >= until) {
        try {
          return found ?? (await search());
        } finally {
          if (isMine) void this.end(name, word);
        }
      }
      await pause(wait);
    }
  }

  /** Without Redis it is everybody's turn. */
  private async begin(name: string, word: string): Promise<boolean> {
    const set = await this.link.command((redis) =>
      redis.set(this.prefix + name, word, { condition: 'NX', expiration: { type: 'PX', value: TURN_MS } }),
    );
    return set !== null;
  }

  private async end(name: string, word: string): Promise<void> {
    await this.link.command((redis) => redis.eval(RELEASE, { keys: [this.prefix + name], arguments: [word] }));
  }
}
