import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { Spans, tracer } from '../observability/spans.service.js';
import { fastAdapterOf } from './fast-express.adapter.js';
import type { RequestFacts } from './hub-request.js';
import { isWatching } from './is-watching.js';
import { requestIdOf } from './request-id.js';
import { routeOf } from './route-of.js';

type Traced = IncomingMessage & RequestFacts;

/**
 * One span for each request, in the trace that the request names (W3C `traceparent`), else in one of its own. It bears the pattern of the
 * route, never the path, which names repositories and may hold a permission.
 */
@Injectable()
export class HttpTraces implements OnModuleInit {
  private readonly open = new WeakMap<IncomingMessage, Span>();

  constructor(
    private readonly spans: Spans,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const adapter = this.spans.isOn ? fastAdapterOf(this.host) : undefined;
    adapter?.observe(this);
    adapter?.surround((request, answer) => this.around(request, answer));
  }

  over(request: Traced, status: number): void {
    const span = this.open.get(request);
    if (!span) return;
    const route = routeOf(request);
    span.updateName(`${request.method} ${route}`).setAttributes({
      'http.route': route,
      'http.response.status_code': status,
      'hubfall.operation': request.operation,
      'hubfall.source': request.source,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  private around(request: Traced, answer: () => void): void {
    if (isWatching(request.url)) return answer();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': request.method, 'hubfall.request_id': requestIdOf(request) };
    const span = tracer().startSpan(String(request.method), { kind: SpanKind.SERVER, attributes }, parent);
    this.open.set(request, span);
    request.traceId = span.spanContext().traceId;
    context.with(trace.setSpan(parent, span), answer);
  }
}
