/** Memory that a client shares with others, for content that is buffered while it is stored. All that is taken must be released. */
export interface BufferBudget {
  /** Takes memory. Returns false if the client cannot have it now. */
  take(bytes: number): boolean;
  /**
   * Takes memory, and waits for it if necessary.
   * @throws HubError `RateLimited`, `Overloaded` if no memory becomes free for a long time
   */
  waitFor(bytes: number): Promise<void>;
  release(bytes: number): void;
}

/** Each step takes at least this amount, so that few chunks of a content need one. */
const STEP_BYTES = 1024 * 1024;

/**
 * The memory of one content while it is stored. The first bytes are reserved before the content is received, so that each content that was
 * begun can progress. Further bytes are taken when they arrive.
 */
export class BufferReservation {
  private used = 0;

  private constructor(
    private readonly memory: BufferBudget | undefined,
    private readonly firstBytes: number,
    private held: number,
  ) {}

  /**
   * @param memory - not limited if it is undefined
   * @throws HubError as `BufferBudget.waitFor`
   */
  static async reserve(memory: BufferBudget | undefined, firstBytes: number): Promise<BufferReservation> {
    await memory?.waitFor(firstBytes);
    return new BufferReservation(memory, firstBytes, firstBytes);
  }

  /**
   * Adds bytes to the content in memory.
   * @param sending - resolves when a part of the content has been sent; undefined if none is being sent
   * @throws HubError as `BufferBudget.waitFor`
   */
  async add(bytes: number, sending: () => Promise<unknown> | undefined): Promise<void> {
    while (this.memory && this.used + bytes > this.held) {
      const missing = Math.max(STEP_BYTES, this.used + bytes - this.held);
      if (!this.memory.take(missing)) {
        const sent = sending();
        await (sent ?? this.memory.waitFor(missing));
        if (sent) continue;
      }
      this.held += missing;
    }
    this.used += bytes;
  }

  /** Removes bytes that have been sent. */
  sent(bytes: number): void {
    this.used -= bytes;
    this.shrinkTo(Math.max(this.used, this.firstBytes));
  }

  /** Releases all memory. */
  close(): void {
    this.shrinkTo(0);
  }

  private shrinkTo(bytes: number): void {
    const surplus = this.held - bytes;
    if (surplus <= 0) return;
    this.held -= surplus;
    this.memory?.release(surplus);
  }
}
