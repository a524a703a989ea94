import type { StoredXorb } from './stored-xorb.js';

/** The layout of a xorb has up to 8192 chunks, so only a few are in memory. */
export const MAX_LOOKED_UP_XORBS = 64;

/** The xorbs that the files of a shard are created from. Each is looked up once, unless there are many. */
export class XorbLookup {
  private readonly found = new Map<string, Promise<readonly StoredXorb[]>>();

  /** @param find - the xorbs by hash */
  constructor(
    private readonly find: (hashes: readonly string[]) => Promise<ReadonlyMap<string, readonly StoredXorb[]>>,
  ) {}

  /** Looks up several xorbs together. */
  async load(hashes: readonly string[]): Promise<void> {
    const all = await this.find(hashes);
    for (const hash of hashes) this.found.set(hash, Promise.resolve(all.get(hash) ?? []));
  }

  get(hash: string): Promise<readonly StoredXorb[]> {
    const known = this.found.get(hash);
    if (known) return known;
    const [oldest] = this.found.keys();
    if (this.found.size >= MAX_LOOKED_UP_XORBS) this.found.delete(oldest!);
    const found = this.find([hash]).then((all) => all.get(hash) ?? []);
    this.found.set(hash, found);
    return found;
  }

  /** Looks up a xorb again when it is needed next. */
  forget(hash: string): void {
    this.found.delete(hash);
  }
}
