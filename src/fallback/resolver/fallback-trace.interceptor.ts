import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { catchError, tap, type Observable } from 'rxjs';
import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import { traceOf } from './trace.js';
import { isTraceRequested, type HubRequest } from '../../platform/http/hub-request.js';

type TracedRequest = HubRequest & { fallbackAttempts?: Attempt[] };

/** An empty list that collects the attempts for a request; `undefined` unless an administrator requested a trace. */
export const tracedAttempts = (request: TracedRequest): Attempt[] | undefined => request.fallbackAttempts;

/** Adds the attempts at sources to responses and errors, as `X-Fallback-Trace`, if an administrator requested it. */
@Injectable()
export class FallbackTraceInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<TracedRequest>();
    if (!isTraceRequested(request)) return next.handle();
    const attempts = (request.fallbackAttempts = [] as Attempt[]);
    return next.handle().pipe(
      tap(() => http.getResponse<Response>().set(traceOf(attempts))),
      catchError((error: unknown) => {
        throw error instanceof HubError
          ? error.with({ headers: { ...error.facts.headers, ...traceOf(attempts) } })
          : error;
      }),
    );
  }
}
