import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { Spans, tracer } from '../observability/spans.service.js';
import { fastAdapterOf } from './fast-express.adapter.js';
import type { RequestFacts } from './hub-request.js';
import { isMonitoringRequest, requestIdOf, routePattern } from './request-log.js';

type TracedRequest = IncomingMessage & RequestFacts;

/**
 * Creates a span for each request, in the trace of its W3C `traceparent` header or in a new one. Spans have the route pattern and never the
 * path, which names repositories and may contain a capability.
 */
@Injectable()
export class HttpTraces implements OnModuleInit {
  private readonly spansByRequest = new WeakMap<IncomingMessage, Span>();

  constructor(
    private readonly spans: Spans,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const adapter = this.spans.isOn ? fastAdapterOf(this.host) : undefined;
    adapter?.observe(this);
    adapter?.wrapRequests((request, handle) => this.trace(request, handle));
  }

  onFinish(request: TracedRequest, status: number): void {
    const span = this.spansByRequest.get(request);
    if (!span) return;
    const route = routePattern(request);
    span.updateName(`${request.method} ${route}`).setAttributes({
      'http.route': route,
      'http.response.status_code': status,
      'hubfall.operation': request.operation,
      'hubfall.source': request.source,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  private trace(request: TracedRequest, handle: () => void): void {
    if (isMonitoringRequest(request.url)) return handle();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': request.method, 'hubfall.request_id': requestIdOf(request) };
    const span = tracer().startSpan(String(request.method), { kind: SpanKind.SERVER, attributes }, parent);
    this.spansByRequest.set(request, span);
    request.traceId = span.spanContext().traceId;
    context.with(trace.setSpan(parent, span), handle);
  }
}
