import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { DiskFloor } from '../../platform/storage/disk-floor.js';
import { SpoolDirectory } from '../../platform/storage/spool.js';
import { SharedPack, type CreatePack } from './shared-pack.js';

/** Disk space for all packs together. If it is used up, packs are created for each client. */
const MAX_SPOOLED_BYTES = 1024 ** 3;
/** How long a pack without readers is kept for clients that come a little later, such as the jobs of one pipeline. */
const IDLE_MS = 60_000;

/**
 * Creates packs once for clients that want the same objects of a repository at the same time, within this process. They are stored in files
 * without a name, which the system deletes when they are closed or the process ends.
 */
@Injectable()
export class SharedPacks implements BeforeApplicationShutdown {
  private readonly packs = new Map<string, Promise<SharedPack | undefined>>();
  /** Packs without readers, by the time since when they have none. */
  private readonly idle = new Map<SharedPack, { readonly key: string; readonly timer: NodeJS.Timeout }>();
  private spooledBytes = 0;
  private readonly count: (origin: 'created' | 'shared') => void;

  constructor(
    private readonly spools: SpoolDirectory,
    private readonly floor: DiskFloor,
    metrics: HubMetrics,
  ) {
    const packs = metrics.counter({
      name: 'hubfall_git_packs_total',
      help: 'Packs sent to git clients: created for the client, or shared with another one',
      labels: ['origin'],
    });
    this.count = (origin) => packs.inc({ origin });
  }

  /**
   * Opens the pack with this key. Reading it may begin later, or never.
   *
   * @param key - identifies the repository and all objects of the pack
   * @param prepare - finds the objects of the pack
   * @throws the error of `prepare`
   */
  async open(key: string, prepare: () => Promise<CreatePack>): Promise<AsyncIterable<Uint8Array>> {
    let create: CreatePack | undefined;
    const isNew = !this.packs.has(key);
    const opening = this.packs.get(key) ?? this.start(key, async () => (create = await prepare()));
    this.packs.set(key, opening);
    const pack = await opening;
    this.count(isNew || !pack ? 'created' : 'shared');
    if (!pack) return (create ?? (await prepare()))();
    this.waitForReader(key, pack);
    return pack.read();
  }

  beforeApplicationShutdown(): void {
    for (const pack of [...this.idle.keys()]) this.remove(pack);
  }

  /** Returns `undefined` if there is no disk space. */
  private async start(key: string, prepare: () => Promise<CreatePack>): Promise<SharedPack | undefined> {
    try {
      const create = await prepare();
      const spool = await this.spools.open().catch(() => undefined);
      if (!spool) this.packs.delete(key);
      if (!spool) return undefined;
      const pack: SharedPack = new SharedPack(create, {
        spool,
        reserve: (bytes) => this.reserve(bytes),
        onIdle: () => this.handleIdle(key, pack),
      });
      return pack;
    } catch (error) {
      this.packs.delete(key);
      throw error;
    }
  }

  private handleIdle(key: string, pack: SharedPack): void {
    this.waitForReader(key, pack);
    if (pack.isAbandoned) this.remove(pack);
  }

  /** Removes the pack if it has no reader for too long. */
  private waitForReader(key: string, pack: SharedPack): void {
    this.forgetTimer(pack);
    const timer = setTimeout(() => this.remove(pack), IDLE_MS).unref();
    this.idle.set(pack, { key, timer });
  }

  private forgetTimer(pack: SharedPack): void {
    clearTimeout(this.idle.get(pack)?.timer);
    this.idle.delete(pack);
  }

  /** Frees space if needed: removes packs without readers, beginning with those that have been idle for longest. */
  private async reserve(bytes: number): Promise<boolean> {
    if (!(await this.isAboveFloor(bytes))) return false;
    for (const pack of this.idle.keys()) {
      if (this.spooledBytes + bytes <= MAX_SPOOLED_BYTES) break;
      this.remove(pack);
    }
    if (this.spooledBytes + bytes > MAX_SPOOLED_BYTES) return false;
    this.spooledBytes += bytes;
    return true;
  }

  private isAboveFloor(bytes: number): Promise<boolean> {
    return this.floor.require(bytes).then(
      () => true,
      () => false,
    );
  }

  private remove(pack: SharedPack): void {
    const entry = this.idle.get(pack);
    if (!entry || !pack.isIdle) return;
    this.forgetTimer(pack);
    this.packs.delete(entry.key);
    const free = (): void => void (this.spooledBytes -= pack.reservedBytes);
    void pack.close().then(free, free);
  }
}
