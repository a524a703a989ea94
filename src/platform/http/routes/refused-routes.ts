import { REFUSALS } from '../../../domain/refusals.js';
import { all, type RouteRow } from './route.js';

/** Calls of huggingface.co's API that this hub does not have. Bodies are not read. */
export const REFUSED_ROUTES = {
  'refused.call': all(Object.values(REFUSALS).flatMap(({ paths }): readonly string[] => paths)),
} as const satisfies Record<string, RouteRow>;
