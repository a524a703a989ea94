import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Histogram } from 'prom-client';
import { routeGroup, type RouteGroup } from './route-group.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import { fastAdapterOf, type FastExpressAdapter } from './fast-express.adapter.js';
import { routeOf } from './route-of.js';

/** Answers of one group that had one status. */
export interface AnswerCount {
  readonly group: RouteGroup;
  readonly status: number;
  readonly count: number;
}

/** Counts what is answered, by the pattern of the route: paths name repositories and people, and there is no end of them. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  private readonly durations: Histogram<'route' | 'method' | 'status'>;

  constructor(
    metrics: HubMetrics,
    private readonly host: HttpAdapterHost,
  ) {
    this.durations = metrics.histogram({
      name: 'hubfall_http_request_duration_seconds',
      help: 'Time until an answer was sent to its end; status 499: the client hung up before it got any',
      labels: ['route', 'method', 'status'],
    });
    metrics.gauge({ name: 'hubfall_http_requests_in_flight', help: 'Requests being answered', labels: [] }, () => [
      { labels: {}, value: this.inFlight },
    ]);
  }

  /** Requests being answered now, the one that asks included. */
  get inFlight(): number {
    return this.adapter?.inFlight ?? 0;
  }

  onModuleInit(): void {
    this.adapter?.observe(this);
  }

  over(request: IncomingMessage, status: number, ms: number): void {
    this.durations.observe({ route: routeOf(request), method: request.method, status }, ms / 1000);
  }

  /** How many answers there were since the start. */
  async answers(): Promise<AnswerCount[]> {
    const counts = new Map<string, AnswerCount>();
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
