import { LRUCache } from 'lru-cache';
import { Topic, type Fleet } from '../../platform/cluster/fleet.js';

const MAX_KEYS = 20_000;

/** There may be a repository of this key now. */
const APPEARED = new Topic<string>('appeared');

/**
 * Ids that this hub is known not to have, so that a download of a source's repository costs no query. Whoever creates a repository
 * forgets its key after the transaction; what was looked up before then is not noted any more. Where other processes write to the same
 * database an absence is believed for `ttlMs`; 0: for as long as nothing is created.
 */
export class MissingRepoCache {
  private readonly keys: LRUCache<string, true>;
  private changes = 0;

  constructor(
    ttlMs: number,
    private readonly fleet: Fleet,
  ) {
    this.keys = new LRUCache({ max: MAX_KEYS, ttl: ttlMs });
    fleet.on(APPEARED, (key) => this.forgetHere(key));
    fleet.onGap(() => this.forgetAll());
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Take it before the look-up, and hand it to `note`. */
  get generation(): number {
    return this.changes;
  }

  note(key: string, generation: number): void {
    if (generation === this.changes) this.keys.set(key, true);
  }

  /** On every replica. */
  async forget(key: string): Promise<void> {
    this.forgetHere(key);
    await this.fleet.tell(APPEARED, key);
  }

  private forgetHere(key: string): void {
    this.changes++;
    this.keys.delete(key);
  }

  private forgetAll(): void {
    this.changes++;
    this.keys.clear();
  }
}
