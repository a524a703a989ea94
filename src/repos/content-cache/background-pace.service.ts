import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fastAdapterOf } from '../../platform/http/fast-express.adapter.js';

/** Bytes between two pauses. */
const STEP_BYTES = 512 * 1024;
/** Background work gets about a quarter of the event loop. */
const PAUSE_PER_BUSY_MS = 3;
const MIN_PAUSE_MS = 20;
/** So at least 2.5 MB/s arrive. */
const MAX_PAUSE_MS = 200;
/** Without requests for this long, background work has no pauses. */
const RECENT_MS = 1000;

/** Slows files that are cached in the background while people use the hub: digests, writing and the database compete with their requests. */
@Injectable()
export class BackgroundPace implements OnModuleInit {
  private lastRequestAt = -Infinity;

  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    fastAdapterOf(this.host)?.observe({ onFinish: () => void (this.lastRequestAt = performance.now()) });
  }

  /**
   * Returns the bytes with pauses.
   * @param isAwaited - whether a client waits for the same bytes
   */
  async *slowed(
    bytes: AsyncIterable<Uint8Array>,
    isAwaited: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let sent = 0;
    let before = performance.eventLoopUtilization();
    for await (const piece of bytes) {
      yield piece;
      sent += piece.byteLength;
      if (sent < STEP_BYTES) continue;
      sent = 0;
      const now = performance.eventLoopUtilization();
      const busyMs = performance.eventLoopUtilization(now, before).active;
      before = now;
      if (isAwaited() || !this.isUsed) continue;
      const pause = Math.min(Math.max(busyMs * PAUSE_PER_BUSY_MS, MIN_PAUSE_MS), MAX_PAUSE_MS);
      await wait(pause, undefined, { signal, ref: false });
      before = performance.eventLoopUtilization();
    }
  }

  private get isUsed(): boolean {
    return (fastAdapterOf(this.host)?.inFlight ?? 0) > 0 || performance.now() - this.lastRequestAt < RECENT_MS;
  }
}
