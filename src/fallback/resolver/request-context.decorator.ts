import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import { parameter } from '../../domain/query-flags.js';
import type { QueryPairs } from '../../domain/query.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { clientKey } from '../../platform/http/client-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { clientAbortSignal } from '../../platform/http/send-reply.js';
import { parseVia } from '../upstream/via.js';
import type { RequestContext } from './fallback-request.js';
import { tracedAttempts } from './fallback-trace.interceptor.js';

/** A client's request for a page of a list, and the response that gets the `Link` to the next page. */
export interface PageRequest {
  readonly context: RequestContext;
  /** As sent, still encoded. */
  readonly path: string;
  readonly query: QueryPairs;
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  readonly response: Response;
}

/** The `RequestContext` of a request. */
export const contextOf = (execution: ExecutionContext): RequestContext =>
  contextOfRequest(execution.switchToHttp().getRequest<HubRequest>());

/** As `contextOf`, outside of controllers. */
export function contextOfRequest(request: HubRequest): RequestContext {
  const attempts = tracedAttempts(request);
  return {
    caller: request.caller,
    client: clientKey(request),
    via: parseVia(request.headers.via),
    parameter: parameter(queryOf(request), 'fallback'),
    signal: clientAbortSignal(request.res!),
    facts: request,
    turn: request.turn,
    ...(attempts && { observe: (made) => void attempts.push(...made) }),
  };
}

/** Injects the `RequestContext` of a request. */
export const Context = createParamDecorator((_: unknown, execution: ExecutionContext) => contextOf(execution));

/** Injects the `PageRequest` of a request. */
export const PageContext = createParamDecorator((_: unknown, execution: ExecutionContext) => pageRequest(execution));

function pageRequest(execution: ExecutionContext): PageRequest {
  const http = execution.switchToHttp();
  const request = http.getRequest<HubRequest>();
  const [path = ''] = request.originalUrl.split('?', 1);
  const response = http.getResponse<Response>();
  return { context: contextOfRequest(request), path, query: queryOf(request), urls: request.urls, response };
}

function queryOf({ originalUrl }: HubRequest): QueryPairs {
  const [, search] = originalUrl.split(/\?(.*)/s);
  return [...new URLSearchParams(search)];
}
