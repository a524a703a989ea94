import type { Source } from '../../domain/source.js';
import type { HarmlessProbe } from './harmless-probe.js';
import { SourceGate } from './source-gate.js';
import type { UpstreamHealth } from './upstream-health.js';

/** The gates of all sources that this process has used. */
export class SourceGates {
  private readonly gates = new Map<string, SourceGate>();

  constructor(
    private readonly probe: HarmlessProbe,
    private readonly health: UpstreamHealth,
  ) {}

  of(source: Source): SourceGate {
    const existing = this.gates.get(source.key);
    if (existing) return existing;
    const gate = new SourceGate({
      key: source.key,
      now: Date.now,
      probe: () => this.probe.send(source),
      checkToken: () => this.probe.checkCredentials(source),
      onOutcome: (outcome, ms) => this.health.notify(source, outcome, ms),
    });
    this.gates.set(source.key, gate);
    this.health.register(source.key, () => gate.report());
    return gate;
  }

  /** Closes all breakers and ends all holds. */
  reset(): void {
    for (const gate of this.gates.values()) gate.reset();
  }

  delete(sourceKey: string): void {
    this.gates.delete(sourceKey);
    this.health.unregister(sourceKey);
  }
}
