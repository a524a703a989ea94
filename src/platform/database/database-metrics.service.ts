import type { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource, type AfterQueryEvent } from 'typeorm';
import type { WaitingPool } from './waiting-pool.js';
import { HubMetrics } from '../observability/hub-metrics.js';

/** Metrics of queries and connections. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: HubMetrics, @InjectDataSource() database: DataSource) {
    const durations = metrics.histogram({
      name: 'hubfall_database_query_duration_seconds',
      help: 'Duration of database queries, without the wait for a connection',
      labels: [],
    });
    const failures = metrics.counter({
      name: 'hubfall_database_query_failures_total',
      help: 'Failed database queries, including those whose failure is expected',
      labels: [],
    });
    database.subscribers.push({
      afterQuery({ executionTime, success }: AfterQueryEvent) {
        if (success) durations.observe((executionTime ?? 0) / 1000);
        else failures.inc();
      },
    });
    const pool = (): Pool => (database.driver as unknown as { readonly master: Pool }).master;
    metrics.gauge(
      { name: 'hubfall_database_connections', help: 'Open database connections', labels: ['state'] },
      () => [
        { labels: { state: 'busy' }, value: pool().totalCount - pool().idleCount },
        { labels: { state: 'idle' }, value: pool().idleCount },
      ],
    );
    const refused = metrics.counter({
      name: 'hubfall_database_connections_refused_total',
      help: 'Connections that the database server refused, because it or a pooler had none left',
      labels: [],
    });
    refused.inc((pool() as Partial<WaitingPool>).refusals ?? 0); // at startup
    (pool() as EventEmitter).on('refusal', () => refused.inc());
    metrics.gauge(
      { name: 'hubfall_database_waiting', help: 'Queries waiting for a database connection', labels: [] },
      () => [{ labels: {}, value: pool().waitingCount }],
    );
  }
}
