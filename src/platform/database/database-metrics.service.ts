import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource, type AfterQueryEvent } from 'typeorm';
import { HubMetrics } from '../observability/hub-metrics.js';

/** How the database is doing, for Prometheus. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: HubMetrics, @InjectDataSource() database: DataSource) {
    const durations = metrics.histogram({
      name: 'hubfall_database_query_duration_seconds',
      help: 'Time until the database had answered a query; waiting for a connection does not count',
      labels: [],
    });
    const failures = metrics.counter({
      name: 'hubfall_database_query_failures_total',
      help: 'Queries that failed, those included that the hub expects to',
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
      { name: 'hubfall_database_connections', help: 'Connections to the database', labels: ['state'] },
      () => [
        { labels: { state: 'busy' }, value: pool().totalCount - pool().idleCount },
        { labels: { state: 'idle' }, value: pool().idleCount },
      ],
    );
    metrics.gauge(
      { name: 'hubfall_database_waiting', help: 'Queries that wait for a connection to the database', labels: [] },
      () => [{ labels: {}, value: pool().waitingCount }],
    );
  }
}
