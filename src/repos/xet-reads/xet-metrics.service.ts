import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';

/** The file that was read: of this hub, cached of a source, or described by a source. */
interface Served {
  readonly kind: 'own' | 'held' | 'relayed';
  /** Label of the source; missing for a file of this hub. */
  readonly source?: string;
}

/** Metrics of downloads over Xet. */
@Injectable()
export class XetMetrics {
  private readonly reconstructions: Counter<'kind' | 'source'>;
  private readonly bytes: Counter<'kind' | 'source'>;

  constructor(metrics: HubMetrics) {
    this.reconstructions = metrics.counter({
      name: 'hubfall_xet_reconstructions_total',
      help: 'Descriptions of files sent to Xet clients, by whose file it is: own (of this hub), held (a cached file of a source) or relayed (described by its source)',
      labels: ['kind', 'source'],
    });
    this.bytes = metrics.counter({
      name: 'hubfall_xet_xorb_bytes_total',
      help: 'Bytes of chunks sent to Xet clients, with their headers, by whose file it is',
      labels: ['kind', 'source'],
    });
  }

  /** Counts a description of a file. */
  described({ kind, source = '' }: Served): void {
    this.reconstructions.inc({ kind, source });
  }

  /** Counts sent bytes. */
  sent({ kind, source = '' }: Served, bytes: number): void {
    this.bytes.inc({ kind, source }, bytes);
  }
}
