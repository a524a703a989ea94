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
export const contextOf = (execution: ExecutionContext): RequestContext => pageRequest(execution).context;

/** Injects the `RequestContext` of a request. */
export const Context = createParamDecorator((_: unknown, execution: ExecutionContext) => contextOf(execution));

/** Injects the `PageRequest` of a request. */
export const PageContext = createParamDecorator((_: unknown, execution: ExecutionContext) => pageRequest(execution));

function pageRequest(execution: ExecutionContext): PageRequest {
  const http = execution.switchToHttp();
  const request = http.getRequest<HubRequest>();
  const response = http.getResponse<Response>();
  const [path = '', search] = request.originalUrl.split(/\?(.*)/s);
  const query: QueryPairs = [...new URLSearchParams(search)];
  const attempts = tracedAttempts(request);
  const context: RequestContext = {
    caller: request.caller,
    client: clientKey(request),
    via: parseVia(request.headers.via),
    parameter: parameter(query, 'fallback'),
    signal: clientAbortSignal(response),
    facts: request,
    turn: request.turn,
    ...(attempts && { observe: (made) => void attempts.push(...made) }),
  };
  return { context, path, query, urls: request.urls, response };
}
