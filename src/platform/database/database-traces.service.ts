import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { DataSource, type AfterQueryEvent } from 'typeorm';
import { Spans, tracer } from '../observability/spans.service.js';
import { describeQuery } from './describe-query.js';

/** A span for each query that is made for a request, with what kind of statement it was, and on which table: no text, no parameters. */
@Injectable()
export class DatabaseTraces {
  constructor(spans: Spans, @InjectDataSource() database: DataSource) {
    if (spans.isOn) database.subscribers.push({ afterQuery: tell });
  }
}

/** TypeORM tells of a query when it is over, and how long it took; not so of one that failed. */
function tell({ query, executionTime = 0, success }: AfterQueryEvent): void {
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
