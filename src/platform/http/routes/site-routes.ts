import { get, type RouteRow } from './route.js';

/** Information about the hub, and its web pages. */
export const SITE_ROUTES = {
  'site.version': get('api/version'),
  'site.config': get('api/site-config'),
  'site.agentHarnesses': get('api/agent-harnesses'),
  'health.live': get('health/live'),
  'health.ready': get('health/ready'),
  metrics: get('metrics', { callers: 'metrics' }),
  'pages.asset': get('assets/*path'),
  'pages.page': get(['/', '*path']),
} as const satisfies Record<string, RouteRow>;
