/** Smallest amount that a session reserves at once, so that few of a commit's files need a query. */
const STEP_BYTES = 8_000_000;

/** The namespace of a session. */
export interface SessionNamespace {
  readonly isLimited: boolean;
  /** Throws if a file is too large. */
  checkSize(size: number, path?: string): void;
  /** Whether the namespace has a content, which then needs no space. */
  has(sha256: string): Promise<boolean>;
  /** Raises the reservation of the session to this number of bytes. Throws if they do not fit, which may be before the upload is refused. */
  reserve(total: number): Promise<void>;
  release(): Promise<void>;
  /** Called with the error of an upload that is refused. */
  refused(error: unknown): void;
}

/** A content that is about to be stored. */
export interface SessionContent {
  readonly sha256: string;
  readonly size: number;
}

/**
 * The space of an upload with many contents, such as a commit. Space is reserved in steps. Near the limit it is reserved for each content, and
 * contents that the namespace has are free.
 */
export class UploadSession {
  private reserved = 0;
  private left = 0;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly namespace: SessionNamespace) {}

  /**
   * Takes space for a content. Call it before the content is stored.
   *
   * @param path - for the error message
   * @throws HubError `PayloadTooLarge`, `QuotaExceeded`
   */
  add(content: SessionContent, path?: string): Promise<void> {
    this.namespace.checkSize(content.size, path);
    if (!this.namespace.isLimited) return Promise.resolve();
    // one after the other, since several contents of a commit are stored at once
    const taken = this.queue.then(() => this.take(content));
    this.queue = taken.catch((error: unknown) => this.namespace.refused(error));
    return taken;
  }

  /** Ends the reservation. Contents that were committed have been counted by then. */
  async close(): Promise<void> {
    await this.queue;
    if (this.reserved > 0) await this.namespace.release();
  }

  private async take({ sha256, size }: SessionContent): Promise<void> {
    if (size > this.left) await this.grow(size - this.left, sha256);
    else this.left -= size;
  }

  /** Takes the rest and `missing` bytes more. */
  private async grow(missing: number, sha256: string): Promise<void> {
    try {
      await this.reserveMore(Math.max(missing, STEP_BYTES));
      this.left = Math.max(missing, STEP_BYTES) - missing;
    } catch (error) {
      if (await this.namespace.has(sha256)) return;
      if (missing >= STEP_BYTES) throw error;
      await this.reserveMore(missing);
      this.left = 0;
    }
  }

  private async reserveMore(bytes: number): Promise<void> {
    await this.namespace.reserve(this.reserved + bytes);
    this.reserved += bytes;
  }
}
