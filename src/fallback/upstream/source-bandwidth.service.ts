import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';
import { NEW_LIMITER, type NewLimiter } from '../../platform/cluster/new-limiter.js';
import { ByteRate, GRANTS_PER_SECOND } from './byte-rate.js';
import type { SendContext } from './send-context.js';

/** Limits the bytes that this hub downloads from a source, on all replicas together. */
@Injectable()
export class SourceBandwidth {
  private readonly grants: RateLimiterAbstract;
  private readonly rates = new Map<string, ByteRate>();

  constructor(@Inject(NEW_LIMITER) newLimiter: NewLimiter) {
    this.grants = newLimiter({ name: 'bandwidth', points: GRANTS_PER_SECOND, duration: 1 });
  }

  /** Limits a streamed reply of a source, or of its file storage. */
  limit(source: Source, outcome: Outcome, { isBackground, isAwaited }: SendContext): Outcome {
    const { key, maxBytesPerSecond } = source;
    if (maxBytesPerSecond === null || outcome.kind === 'failure') return outcome;
    if (!(outcome.stream instanceof Readable)) return outcome;
    const isLater = (): boolean => isBackground === true && isAwaited?.() !== true;
    return { ...outcome, stream: this.rateOf(key, maxBytesPerSecond).limit(outcome.stream, { isBackground: isLater }) };
  }

  delete(sourceKey: string): void {
    this.rates.delete(sourceKey);
  }

  /** Streams that began before a change of the limit keep the one before. */
  private rateOf(key: string, bytesPerSecond: number): ByteRate {
    const existing = this.rates.get(key);
    if (existing?.bytesPerSecond === bytesPerSecond) return existing;
    const rate = new ByteRate(bytesPerSecond, () => this.requestGrant(key));
    this.rates.set(key, rate);
    return rate;
  }

  private async requestGrant(key: string): Promise<number> {
    try {
      await this.grants.consume(key);
      return 0;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
      throw error;
    }
  }
}
