import type { ClusterBus } from './cluster-bus.js';

/** The bus of a hub without Redis. There are no other replicas to notify, and no message can be missed. */
export class LocalClusterBus implements ClusterBus {
  readonly isConnected = true;
  readonly epoch = 0;

  capTtl(ms: number): number {
    return ms;
  }

  on(): void {
    // no other replica publishes anything
  }

  onGap(): void {
    // messages are never missed
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }
}
