import { applyDecorators, Delete, Get, Post, Put } from '@nestjs/common';
import type { RouteRow } from './routes/route.js';
import { ROUTES, type RouteKey } from './routes/routes.js';

const METHODS = { GET: Get, POST: Post, PUT: Put, DELETE: Delete } as const;
const ROWS = new WeakMap<object, RouteRow>();

/** Binds a controller method to its row in the table of routes, which has the method, the paths, the callers and the limits. */
export function Route(key: RouteKey): MethodDecorator {
  const row: RouteRow = ROUTES[key];
  return applyDecorators(METHODS[row.method]([...row.paths]), bind(row));
}

const bind =
  (row: RouteRow): MethodDecorator =>
  (_target, _name, descriptor) =>
    void ROWS.set(descriptor.value as object, row);

/** The row of a controller method. Only test modules have methods without one. */
export const rowOf = (handler: object): RouteRow | undefined => ROWS.get(handler);
