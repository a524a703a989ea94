import { Inject, Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import { isDefinitiveNotFound } from './definitive-answer.js';
import { MissRate } from './miss-rate.js';
import type { Step } from './walk-chain.js';

/** Even a fast source is given this time, so that the names of its repositories are not sent to the next one without need. */
const MIN_INTERVAL_MS = 50;
/** For a source that is unlikely to have the repository: a miss over three sources of 100 ms then takes at most 1.6 times as long as one. */
const UNLIKELY_INTERVAL_MS = 30;
/** Above this share of misses, it is likely that the next source will be needed. */
const LIKELY_MISS = 0.5;

/**
 * How long a search waits for a source before it requests the next one in parallel (docs/adr/0019): as long as its answers take at most,
 * within 50 ms and `KOHAKU_HUB_FALLBACK_HEDGE_MS`. If a source recently did not have what was searched, the next one will be needed
 * anyway, and the search does not wait that long.
 */
@Injectable()
export class HedgeIntervals {
  private readonly missRates = new Map<string, MissRate>();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(MONOTONIC_CLOCK) private readonly now: MonotonicClock,
    private readonly upstream: UpstreamClient,
  ) {}

  /**
   * Milliseconds to wait for a source.
   * @param isHedged - whether it was requested because an earlier source is silent, so that the search has waited already
   */
  intervalFor(source: Source, isHedged: boolean): number {
    const { hedgeMs } = this.config.fallback;
    if ((this.missRates.get(source.key)?.current ?? 0) > LIKELY_MISS)
      return isHedged ? 0 : Math.min(UNLIKELY_INTERVAL_MS, hedgeMs);
    const expected = this.upstream.expectedMaximumMs(source) ?? hedgeMs;
    return Math.min(Math.max(expected, MIN_INTERVAL_MS), hedgeMs);
  }

  /** Records whether each source had what was searched. Failures count as neither. */
  record(sources: readonly Source[], steps: readonly Step[]): void {
    for (const [index, step] of steps.entries()) {
      const isMiss = isDefinitiveNotFound(step);
      if (isMiss || step.verdict !== 'next') this.missRateOf(sources[index]!).record(isMiss);
    }
  }

  private missRateOf({ key }: Source): MissRate {
    let rate = this.missRates.get(key);
    if (!rate) this.missRates.set(key, (rate = new MissRate(this.now)));
    return rate;
  }
}
