import type { ClientKey } from '../../domain/client-key.js';
import type { Failure } from '../../domain/upstream.js';
import type { PoolRefusal } from '../../platform/async/fair-pool.js';
import { LargeReplies, maxWaitMs, RepliesBusy, Reservation, type ReplyWait } from './large-replies.js';

/** Far above the size of any page of a list, so larger JSON is an attack or a mistake. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Larger JSON needs a reservation. There are only as many smaller replies at the same time as connections. */
export const SMALL_JSON_BYTES = 1024 * 1024;

/** The memory of this process that clients share for data in progress. */
export interface ReplyPool {
  /**
   * Takes memory for a client, or for the hub itself, as soon as it is free. Returns why it was not when the signal is aborted.
   */
  takeForReply(client: ClientKey | undefined, bytes: number, signal: AbortSignal): Promise<PoolRefusal | undefined>;
  releaseReply(client: ClientKey | undefined, bytes: number): void;
}

/** The caller that a reply is read for. */
export interface ReplyReader extends ReplyWait {
  readonly client?: ClientKey;
}

const SHARE_USED: Failure = {
  kind: 'failure',
  category: 'busy',
  message:
    'Your other requests use your share of the memory of this hub for responses of sources. Wait until they are finished, then try again.',
  retryAfter: 5,
  isClientShare: true,
};

/** The memory for JSON of sources: that of clients for ordinary replies, and a separate one for larger replies. */
export class ReplyBudget {
  private readonly memory: ReplyPools;

  constructor(pool: ReplyPool) {
    this.memory = { pool, large: new LargeReplies(), isWaitingToGrow: false };
  }

  /** For one reply. Nothing is reserved yet. */
  open(reader: ReplyReader): ReplyAllowance {
    return new ReplyAllowance(this.memory, reader);
  }
}

/** State that all allowances share. */
interface ReplyPools {
  readonly pool: ReplyPool;
  readonly large: LargeReplies;
  /** Whether a reply that holds memory waits for more. */
  isWaitingToGrow: boolean;
}

/** The memory that one reply may use. */
export class ReplyAllowance {
  private held = 0;
  private reservation: Reservation | undefined;

  constructor(
    private readonly memory: ReplyPools,
    private readonly reader: ReplyReader,
  ) {}

  /**
   * Increases the allowance, and waits for the memory if necessary. Only one of the replies that hold memory waits for more, and all of the memory
   * for large replies is for one reply at a time. Otherwise, replies would wait for each other until all of them fail.
   *
   * @throws RepliesBusy
   */
  async growTo(bytes: number): Promise<void> {
    if (bytes > MAX_JSON_BYTES) {
      const reservation = await this.memory.large.reserve(bytes, this.reader);
      this.release();
      this.reservation = reservation;
      return;
    }
    const refusal = await this.take(bytes - this.held);
    if (refusal) throw new RepliesBusy(refusal === 'share' ? SHARE_USED : undefined);
    this.held = bytes;
  }

  private async take(bytes: number): Promise<PoolRefusal | undefined> {
    const { memory, reader } = this;
    const now = await memory.pool.takeForReply(reader.client, bytes, AbortSignal.abort());
    if (!now || (this.held > 0 && memory.isWaitingToGrow)) return now;
    const waiting = AbortSignal.any([reader.signal, AbortSignal.timeout(Math.ceil(maxWaitMs(reader)))]);
    const isGrowing = this.held > 0;
    if (isGrowing) memory.isWaitingToGrow = true;
    try {
      return await memory.pool.takeForReply(reader.client, bytes, waiting);
    } finally {
      if (isGrowing) memory.isWaitingToGrow = false;
    }
  }

  /** Ends the growth: the reply has this size. Returns what the responses that use the reply release; `undefined` if nothing is reserved. */
  settle(bytes: number): Reservation | undefined {
    const { client } = this.reader;
    if (!this.reservation && this.held > 0)
      this.reservation = new Reservation(this.held, (released) => this.memory.pool.releaseReply(client, released));
    this.held = 0;
    this.reservation?.settle(bytes);
    return this.reservation;
  }

  /** Releases everything, for a reply that is not used. */
  release(): void {
    if (this.held > 0) this.memory.pool.releaseReply(this.reader.client, this.held);
    this.held = 0;
    this.reservation?.release();
  }
}
