import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';

/** The file that was read: of this hub, cached of a source, or described by a source. */
type Kind = 'own' | 'held' | 'relayed';

/** Metrics of downloads over Xet. */
@Injectable()
export class XetMetrics {
  private readonly reconstructions: Counter<'kind'>;
  private readonly bytes: Counter<'kind'>;

  constructor(metrics: HubMetrics) {
    this.reconstructions = metrics.counter({
      name: 'hubfall_xet_reconstructions_total',
      help: 'Descriptions of files sent to Xet clients, by whose file it is: own (of this hub), held (a cached file of a source) or relayed (described by its source)',
      labels: ['kind'],
    });
    this.bytes = metrics.counter({
      name: 'hubfall_xet_xorb_bytes_total',
      help: 'Bytes of chunks sent to Xet clients, with their headers, by whose file it is',
      labels: ['kind'],
    });
  }

  /** Counts a description of a file. */
  described(kind: Kind): void {
    this.reconstructions.inc({ kind });
  }

  /** Counts sent bytes. */
  sent(kind: Kind, bytes: number): void {
    this.bytes.inc({ kind }, bytes);
  }
}
