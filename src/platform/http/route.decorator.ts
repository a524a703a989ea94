import { All, applyDecorators, Delete, Get, Post, Put, UseInterceptors } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { BodyInterceptor } from './body.interceptor.js';
import { bindRow } from './bound-rows.js';
import { describeLimits } from './routes/describe-limits.js';
import { isParsed, type RouteRow } from './routes/route.js';
import { ROUTES, type RouteKey } from './routes/routes.js';

const METHODS = { GET: Get, POST: Post, PUT: Put, DELETE: Delete, ALL: All } as const;

/**
 * Binds a controller method to its row in the table of routes, which has the method, the paths, the callers and the limits. Only routes with
 * a parsed body have the step that reads it.
 */
export function Route(key: RouteKey): MethodDecorator {
  const row: RouteRow = ROUTES[key];
  const decorators = [METHODS[row.method]([...row.paths]), bindRow(row), ApiExtension('x-limits', describeLimits(row))];
  if (isParsed(row.body) && !row.body.deferred) decorators.push(UseInterceptors(BodyInterceptor));
  return applyDecorators(...decorators);
}
