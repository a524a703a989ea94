import { ACCOUNT_ROUTES } from './account-routes.js';
import { ADMIN_ROUTES } from './admin-routes.js';
import { REGISTRY_ROUTES } from './registry-routes.js';
import { REPOSITORY_ROUTES } from './repository-routes.js';
import { REFUSED_ROUTES } from './refused-routes.js';
import type { RouteRow } from './route.js';
import { SITE_ROUTES } from './site-routes.js';
import { TRANSFER_ROUTES } from './transfer-routes.js';

/**
 * All operations of the HTTP API. `Route` binds a controller method to a row; nothing else defines a route.
 */
export const ROUTES = {
  ...SITE_ROUTES,
  ...ACCOUNT_ROUTES,
  ...REPOSITORY_ROUTES,
  ...TRANSFER_ROUTES,
  ...REGISTRY_ROUTES,
  ...ADMIN_ROUTES,
  ...REFUSED_ROUTES,
} as const satisfies Record<string, RouteRow>;

export type RouteKey = keyof typeof ROUTES;
