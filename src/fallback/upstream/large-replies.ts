import type { Failure, ReplyHold } from '../../domain/upstream.js';

/** For JSON without pages. Information about a repository with 80,000 large files has 19 MB. */
export const MAX_LARGE_JSON_BYTES = 64 * 1024 * 1024;

/** Parsed and serialized, a large reply needs several times its size, so only a few of them are in memory at the same time. */
const BUDGET_BYTES = MAX_LARGE_JSON_BYTES;
/** From the beginning of the request, so that clients with a timeout of ten seconds receive the refusal. */
const MAX_WAIT_MS = 8_000;
/** A reply that no response has taken over by then, such as that of a dry run, is not used. */
const MAX_UNCLAIMED_MS = 10_000;

const BUSY: Failure = {
  kind: 'failure',
  category: 'busy',
  message: 'The hub is busy with other large responses of sources',
  retryAfter: 5,
};

/** Thrown if other replies occupy the memory for too long. The source is not the cause. */
export class RepliesBusy extends Error {
  constructor(readonly failure: Failure = BUSY) {
    super(failure.message);
  }
}

/** The caller that waits for a reply. */
export interface ReplyWait {
  readonly signal: AbortSignal;
  /** As `performance.now()`. */
  readonly deadlineAt?: number;
  /** When the request began, before it waited for a connection; as `performance.now()`. */
  readonly startedAt?: number;
}

/** How long a reply may wait for memory: at most half of the time that is left. */
export function maxWaitMs({ deadlineAt = Infinity, startedAt }: ReplyWait): number {
  const now = performance.now();
  return Math.max(0, Math.min((startedAt ?? now) + MAX_WAIT_MS - now, (deadlineAt - now) / 2));
}

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
}

/** The memory of this process for replies above the ordinary limit, in the order in which they are requested. */
export class LargeReplies {
  private free = BUDGET_BYTES;
  private readonly waiters: Waiter[] = [];

  /**
   * Reserves memory, and waits for it if necessary: at most half of the time that is left.
   *
   * @throws RepliesBusy
   */
  async reserve(bytes: number, reader: ReplyWait): Promise<Reservation> {
    if (this.waiters.length > 0 || bytes > this.free) await this.wait(bytes, reader.signal, maxWaitMs(reader));
    else this.free -= bytes;
    return new Reservation(bytes, (released) => this.release(released));
  }

  private wait(bytes: number, signal: AbortSignal, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      };
      const waiter: Waiter = {
        bytes,
        admit: () => {
          stop();
          resolve();
        },
      };
      const giveUp = (): void => {
        stop();
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(new RepliesBusy());
        this.admitWaiters();
      };
      const timer = setTimeout(giveUp, ms);
      signal.addEventListener('abort', giveUp);
      this.waiters.push(waiter);
      if (signal.aborted) giveUp();
    });
  }

  private release(bytes: number): void {
    this.free += bytes;
    this.admitWaiters();
  }

  private admitWaiters(): void {
    for (let [next] = this.waiters; next && next.bytes <= this.free; [next] = this.waiters) {
      this.waiters.shift();
      this.free -= next.bytes;
      next.admit();
    }
  }
}

/** The memory of one reply. It is released when all responses that use the reply are sent. */
export class Reservation implements ReplyHold {
  private claims = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private bytes: number,
    private readonly onRelease: (bytes: number) => void,
  ) {}

  /** Reduces the reservation to the size that the reply turned out to have. A response must claim it soon. */
  settle(bytes: number): void {
    this.onRelease(this.bytes - bytes);
    this.bytes = bytes;
    this.timer = setTimeout(() => this.release(), MAX_UNCLAIMED_MS).unref();
  }

  claim(): () => void {
    clearTimeout(this.timer);
    this.claims += 1;
    return () => {
      this.claims -= 1;
      if (this.claims === 0) this.release();
    };
  }

  release(): void {
    clearTimeout(this.timer);
    this.onRelease(this.bytes);
    this.bytes = 0;
  }
}
