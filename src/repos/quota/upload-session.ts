/** Smallest amount that a session reserves at once, so that few of a commit's files need a query. */
const STEP_BYTES = 8_000_000;
/** With less space, exactly the size of each content is reserved, so that parallel commits do not refuse each other without need. */
const SPARE_BYTES = 800_000_000;

/** Where a session reserves space. */
export interface SessionReservation {
  readonly accountId: number;
  readonly key: string;
}

/** The namespace of a session. */
export interface SessionNamespace {
  readonly reservation: SessionReservation;
  readonly isLimited: boolean;
  /** Throws if a file is too large. */
  checkSize(size: number, path?: string): void;
  /** The contents, of the given ones, that the namespace has. They need no space. */
  present(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Raises the reservation of the session to this number of bytes. Throws if they do not fit, which may be before the upload is refused.
   *
   * @param spare - bytes that must be free afterwards
   */
  reserve(total: number, spare: number): Promise<void>;
  release(): Promise<void>;
  /** Called with the error of an upload that is refused. */
  refused(error: unknown): void;
}

/** A content that is about to be stored. */
export interface SessionContent {
  readonly sha256: string;
  readonly size: number;
  /** For the error message. */
  readonly path?: string;
}

/**
 * The space of an upload with many contents, such as a commit. Space is reserved in steps; near the limit, only what the contents need.
 * Contents that the namespace has, or that were added before, are free.
 */
export class UploadSession {
  private readonly added = new Set<string>();
  private reserved = 0;
  private left = 0;
  private isTight = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly namespace: SessionNamespace) {}

  /**
   * Takes space for contents. Call it before they are stored.
   *
   * @throws HubError `PayloadTooLarge`, `QuotaExceeded`
   */
  add(contents: readonly SessionContent[]): Promise<void> {
    for (const { size, path } of contents) this.namespace.checkSize(size, path);
    if (!this.namespace.isLimited) return Promise.resolve();
    // one after the other, since several contents of a commit are stored at once
    const taken = this.queue.then(() => this.take(contents));
    this.queue = taken.catch((error: unknown) => this.namespace.refused(error));
    return taken;
  }

  /** The reservation; `undefined` if nothing was reserved. */
  get reservation(): SessionReservation | undefined {
    return this.reserved > 0 ? this.namespace.reservation : undefined;
  }

  /** Ends the reservation, also of an upload that has failed. */
  async close(): Promise<void> {
    await this.queue;
    if (this.reserved > 0) await this.namespace.release();
  }

  private async take(contents: readonly SessionContent[]): Promise<void> {
    const sizes = new Map(contents.map(({ sha256, size }) => [sha256, size]));
    for (const sha256 of sizes.keys()) if (this.added.has(sha256)) sizes.delete(sha256);
    if (!(await this.takeFreely(sumOf(sizes)))) await this.takeNeeded(sizes);
    for (const sha256 of sizes.keys()) this.added.add(sha256);
  }

  /** Returns false near the limit. */
  private async takeFreely(bytes: number): Promise<boolean> {
    if (bytes > this.left) {
      if (this.isTight) return false;
      try {
        await this.reserve(Math.max(bytes - this.left, STEP_BYTES), SPARE_BYTES);
      } catch {
        this.isTight = true; // other errors occur again
        return false;
      }
    }
    this.left -= bytes;
    return true;
  }

  /** Takes exactly the space of the contents that the namespace does not have. */
  private async takeNeeded(sizes: ReadonlyMap<string, number>): Promise<void> {
    const present = await this.namespace.present([...sizes.keys()]);
    const bytes = sumOf(new Map([...sizes].filter(([sha256]) => !present.has(sha256))));
    if (bytes > this.left) await this.reserve(bytes - this.left, 0);
    this.left -= bytes;
  }

  private async reserve(bytes: number, spare: number): Promise<void> {
    await this.namespace.reserve(this.reserved + bytes, spare);
    this.reserved += bytes;
    this.left += bytes;
  }
}

const sumOf = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);
