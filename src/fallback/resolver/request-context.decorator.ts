import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import type { QueryPairs } from '../../domain/query.js';
import { parameter } from '../../domain/query-flags.js';
import { parseVia } from '../upstream/via.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { hangUpSignal } from '../../platform/http/relay-reply.js';
import { tracedAttempts } from './fallback-trace.interceptor.js';
import type { RequestContext } from './fallback-request.js';

/** A page of a list as a client asks for it, with where to say that another follows. */
export interface PageRequest {
  readonly asking: RequestContext;
  /** As asked, still encoded. */
  readonly path: string;
  readonly query: QueryPairs;
  readonly response: Response;
}

/** Who asks, and how: what a question to sources needs to know of a request. */
export const Context = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestContext => pageRequest(context).asking,
);

/** The same of a list that comes in pages. */
export const PageContext = createParamDecorator((_: unknown, context: ExecutionContext) => pageRequest(context));

function pageRequest(context: ExecutionContext): PageRequest {
  const http = context.switchToHttp();
  const [request, response] = [http.getRequest<HubRequest>(), http.getResponse<Response>()];
  const [path = '', search] = request.originalUrl.split(/\?(.*)/s);
  const query: QueryPairs = [...new URLSearchParams(search)];
  const traced = tracedAttempts(request);
  const asking: RequestContext = {
    ...{ caller: request.caller, via: parseVia(request.headers.via), parameter: parameter(query, 'fallback') },
    ...{ signal: hangUpSignal(response), facts: request },
    ...(traced && { observe: (attempts) => void traced.push(...attempts) }),
  };
  return { asking, path, query, response };
}
