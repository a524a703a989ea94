import { Transform, pipeline, type Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** Parts of a second in which bytes are granted. */
export const GRANTS_PER_SECOND = 25;
const INTERVAL_MS = 1000 / GRANTS_PER_SECOND;
/** Grants that may follow at once after a pause. */
const MAX_LATE_MS = 500;

interface Waiting {
  readonly bytes: number;
  readonly isBackground: () => boolean;
  readonly proceed: () => void;
}

/** How a limited stream is used. Both are called for each piece. */
export interface ByteRateUse {
  /** Whether other streams come first. */
  readonly isBackground?: () => boolean;
  /** Whether the stream has no limit now. */
  readonly isExempt?: () => boolean;
}

const never = (): boolean => false;

/** Limits the bytes per second of several streams together. Streams that people wait for come first. */
export class ByteRate {
  private readonly waiting: Waiting[] = [];
  private credit = 0;
  private nextGrantAt = 0;
  private isServing = false;

  /**
   * @param bytesPerSecond - the limit
   * @param request - asks for a grant, if the limit is shared; returns the milliseconds to wait before the next attempt, or 0 if it is granted
   */
  constructor(
    readonly bytesPerSecond: number,
    private readonly request: () => Promise<number> = () => Promise.resolve(0),
  ) {}

  /** Returns the stream with this limit. Destroying one of them destroys the other. */
  limit(stream: Readable, { isBackground = never, isExempt = never }: ByteRateUse = {}): Readable {
    const limited = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (isExempt()) done(null, chunk);
        else void this.take(chunk.byteLength, isBackground).then(() => done(null, chunk));
      },
    });
    pipeline(stream, limited, () => undefined); // readers of the limited stream get the error
    return limited.on('error', () => undefined); // otherwise, an error before it is read would be an uncaught exception
  }

  private take(bytes: number, isBackground: () => boolean): Promise<void> {
    return new Promise((proceed) => {
      this.waiting.push({ bytes, isBackground, proceed });
      if (!this.isServing) void this.serve();
    });
  }

  private async serve(): Promise<void> {
    this.isServing = true;
    while (this.waiting.length > 0) {
      while (this.credit <= 0) await this.acquire();
      const first = this.waiting.findIndex(({ isBackground }) => !isBackground());
      const [next] = this.waiting.splice(Math.max(first, 0), 1);
      this.credit -= next!.bytes;
      next!.proceed();
    }
    this.isServing = false;
  }

  /** Waits for the next grant. */
  private async acquire(): Promise<void> {
    const now = performance.now();
    this.nextGrantAt = Math.max(this.nextGrantAt, now - MAX_LATE_MS);
    if (this.nextGrantAt > now) await wait(this.nextGrantAt - now, undefined, { ref: false });
    for (let ms = await this.request(); ms > 0; ms = await this.request()) await wait(ms, undefined, { ref: false });
    this.nextGrantAt += INTERVAL_MS;
    this.credit += this.bytesPerSecond / GRANTS_PER_SECOND;
  }
}
