import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { catchError, tap, type Observable } from 'rxjs';
import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import { traceOf } from './trace.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { wantsTrace } from '../../platform/http/wants-trace.js';

type TracedRequest = HubRequest & { fallbackAttempts?: Attempt[] };

/** Where the attempts made for a request are collected; undefined when nobody may see them. */
export const tracedAttempts = (request: TracedRequest): Attempt[] | undefined => request.fallbackAttempts;

/** Tells an administrator which sources were asked for an answer, whether it is one or an error. */
@Injectable()
export class FallbackTraceInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<TracedRequest>();
    if (!wantsTrace(request)) return next.handle();
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
