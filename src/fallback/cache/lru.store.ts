import type { KeyvStoreAdapter } from 'keyv';
import { LRUCache } from 'lru-cache';
import { isDerivedFrom } from './derived-keys.js';

/** A Keyv store on lru-cache: exactly bounded, counted, and cleared by prefix. Times are in milliseconds. */
export class LruStore implements KeyvStoreAdapter {
  /** Keyv 5 reads `opts.url`. */
  readonly opts = { dialect: 'lru', url: '' };
  namespace?: string;
  private readonly entries: LRUCache<string, NonNullable<unknown>>;

  constructor(max: number) {
    this.entries = new LRUCache({ max });
  }

  get<T>(key: string): Promise<T | undefined> {
    return Promise.resolve(this.entries.get(key) as T | undefined);
  }

  set(key: string, value: NonNullable<unknown>, ttl?: number): Promise<boolean> {
    this.entries.set(key, value, ttl ? { ttl } : undefined);
    return Promise.resolve(true);
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.entries.delete(key));
  }

  clear(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }

  on(): this {
    return this;
  }

  /** Entries that have not expired. */
  get size(): number {
    this.entries.purgeStale();
    return this.entries.size;
  }

  /** Forgets a key, in whatever case, and what is derived from it (`key:…`); answers how many entries went. */
  forget(key: string): number {
    const going = [...this.entries.keys()].filter(isDerivedFrom(key));
    for (const one of going) this.entries.delete(one);
    return going.length;
  }
}
