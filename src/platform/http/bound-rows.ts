import type { RouteRow } from './routes/route.js';

const ROWS = new WeakMap<object, RouteRow>();

/** Binds a controller method to a row of the table of routes. */
export const bindRow =
  (row: RouteRow): MethodDecorator =>
  (_target, _name, descriptor) =>
    void ROWS.set(descriptor.value as object, row);

/** The row of a controller method. Only test modules have methods without one. */
export const rowOf = (handler: object): RouteRow | undefined => ROWS.get(handler);
