import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import type { CollectionProgress } from './collection.entity.js';
import type { CollectionEnd } from './collection.store.js';

/** Counts the collections that this replica has run, and what they have freed. */
@Injectable()
export class CollectionMetrics {
  private readonly runs: Counter<'result'>;
  private readonly deleted: Counter<never>;
  private readonly freed: Counter<never>;

  constructor(metrics: HubMetrics) {
    this.runs = metrics.counter({
      name: 'hubfall_collections_total',
      help: 'Garbage collections that this replica has run, by result (succeeded, failed, interrupted)',
      labels: ['result'],
    });
    this.deleted = metrics.counter({
      name: 'hubfall_collected_objects_total',
      help: 'Stored objects that garbage collections of this replica have deleted',
      labels: [],
    });
    this.freed = metrics.counter({
      name: 'hubfall_collected_bytes_total',
      help: 'Bytes that garbage collections of this replica have freed',
      labels: [],
    });
  }

  count({ state }: CollectionEnd, { deleted, freedBytes }: CollectionProgress): void {
    this.runs.inc({ result: state });
    this.deleted.inc(deleted);
    this.freed.inc(freedBytes);
  }
}
