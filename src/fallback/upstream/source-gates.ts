import type { Source } from '../../domain/source.js';
import { strategyFor } from '../strategies/strategies.js';
import type { HarmlessProbe } from './harmless-probe.js';
import type { SharedRateLimits } from './shared-rate-limits.service.js';
import { SourceGate } from './source-gate.js';
import type { UpstreamHealth } from './upstream-health.js';

/** The gates of all sources that this process has used. */
export class SourceGates {
  private readonly gates = new Map<string, SourceGate>();

  constructor(
    private readonly probe: HarmlessProbe,
    private readonly health: UpstreamHealth,
    private readonly limits: SharedRateLimits,
  ) {}

  of(source: Source): SourceGate {
    const existing = this.gates.get(source.key);
    if (existing) return existing;
    const strategy = strategyFor(source.type);
    const tokenBucket = strategy.rateLimitBucket(strategy.connectionTest.token);
    const gate = new SourceGate({
      key: source.key,
      now: Date.now,
      probe: () => this.probe.send(source),
      checkToken: () => this.probe.checkCredentials(source),
      mayCheckAgain: () => this.limits.backgroundHeldUntil(source, tokenBucket) === undefined,
      limits: this.limits.of(source.key),
      onOutcome: (outcome, ms) => this.health.notify(source, outcome, ms),
    });
    this.gates.set(source.key, gate);
    this.health.register(source.key, () => gate.report());
    return gate;
  }

  /** Closes all breakers and ends all holds. */
  reset(): void {
    for (const gate of this.gates.values()) gate.reset();
    this.limits.reset();
  }

  delete(sourceKey: string): void {
    this.gates.delete(sourceKey);
    this.limits.delete(sourceKey);
    this.health.unregister(sourceKey);
  }
}
