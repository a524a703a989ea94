import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { DataSource, type AfterQueryEvent } from 'typeorm';
import { Spans, tracer } from '../observability/spans.service.js';
import { describeQuery } from './describe-query.js';

/** Creates a span for each query of a request. Spans have the kind of statement and the table, but no SQL and no parameters. */
@Injectable()
export class DatabaseTraces {
  constructor(spans: Spans, @InjectDataSource() database: DataSource) {
    if (spans.isOn) database.subscribers.push({ afterQuery: recordSpan });
  }
}

/** TypeORM calls this after a query. It does not report the duration of failed queries. */
function recordSpan({ query, executionTime = 0, success }: AfterQueryEvent): void {
  if (!trace.getActiveSpan()?.isRecording()) return;
  const { operation, table } = describeQuery(query);
  const span = tracer().startSpan(table === undefined ? operation : `${operation} ${table}`, {
    kind: SpanKind.CLIENT,
    startTime: Date.now() - executionTime,
    attributes: { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.collection.name': table },
  });
  if (!success) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
