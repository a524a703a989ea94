import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Counter, Histogram } from 'prom-client';
import type { CloseReason } from './exchange-tracker.js';
import { routeGroup, type RouteGroup } from './route-group.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import { fastAdapterOf, type FastExpressAdapter } from './fast-express.adapter.js';
import type { RequestFacts } from './hub-request.js';
import { routePattern } from './request-log.js';

/** Number of responses with a status in a route group. */
export interface ResponseCount {
  readonly group: RouteGroup;
  readonly status: number;
  readonly count: number;
}

/** Request metrics by route pattern. Paths are not used, because they name repositories and users and are unlimited in number. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  private readonly closed: Counter<'reason'>;
  private readonly durations: Histogram<'route' | 'method' | 'status' | 'origin'>;
  private readonly served: Counter<'kind' | 'source'>;

  constructor(
    metrics: HubMetrics,
    private readonly host: HttpAdapterHost,
  ) {
    this.durations = metrics.histogram({
      name: 'hubfall_http_request_duration_seconds',
      help: 'Time until the response was sent completely. Status 499: the client disconnected before the response. Origin: source for errors of a source',
      labels: ['route', 'method', 'status', 'origin'],
    });
    this.served = metrics.counter({
      name: 'hubfall_served_bytes_total',
      help: 'Bytes of files, also by links to the bucket. own: of this hub, held: of copies of external files, relayed: from a source through this hub, redirected: from a source to the client',
      labels: ['kind', 'source'],
    });
    this.closed = metrics.counter({
      name: 'hubfall_connections_closed_total',
      help: 'Connections closed by the hub by reason (idle: the client did not send or read for too long; limit: its address has too many)',
      labels: ['reason'],
    });
    metrics.gauge({ name: 'hubfall_http_requests_in_flight', help: 'Requests in progress', labels: [] }, () => [
      { labels: {}, value: this.inFlight },
    ]);
  }

  /** Number of requests in progress, including the current one. */
  get inFlight(): number {
    return this.adapter?.inFlight ?? 0;
  }

  onModuleInit(): void {
    this.adapter?.observe(this);
  }

  onFinish(request: IncomingMessage, status: number, ms: number): void {
    const { failedAtSource, served } = request as IncomingMessage & RequestFacts;
    const origin = failedAtSource ? 'source' : 'hub';
    this.durations.observe({ route: routePattern(request), method: request.method, status, origin }, ms / 1000);
    if (served && served.bytes > 0) this.served.inc({ kind: served.kind, source: served.source ?? '' }, served.bytes);
  }

  onClose(reason: CloseReason): void {
    this.closed.inc({ reason });
  }

  /** Numbers of responses since the start. */
  async responseCounts(): Promise<ResponseCount[]> {
    const counts = new Map<string, ResponseCount>();
    for (const { labels, value, metricName } of (await this.durations.get()).values) {
      if (!metricName?.endsWith('_count')) continue;
      const group = routeGroup(String(labels.method), String(labels.route));
      const status = Number(labels.status);
      const key = `${group} ${status}`;
      counts.set(key, { group, status, count: (counts.get(key)?.count ?? 0) + value });
    }
    return [...counts.values()];
  }

  private get adapter(): FastExpressAdapter | undefined {
    return fastAdapterOf(this.host);
  }
}
