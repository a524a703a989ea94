import { refused, served, type CoverageRows } from './coverage.js';

/** Accounts, and information about the hub. */
export const ACCOUNT_ROWS: CoverageRows = {
  'GET /api/whoami-v2': served('GET /api/whoami-v2'),
  'GET /api/settings/webhooks': served('GET /api/settings/webhooks'),
  'POST /api/settings/webhooks': served('POST /api/settings/webhooks'),
  'GET /api/settings/webhooks/{webhook}': served('GET /api/settings/webhooks/{id}'),
  'POST /api/settings/webhooks/{webhook}': served('POST /api/settings/webhooks/{id}'),
  'DELETE /api/settings/webhooks/{webhook}': served('DELETE /api/settings/webhooks/{id}'),
  'POST /api/settings/webhooks/{webhook}/enable': served('POST /api/settings/webhooks/{id}/enable'),
  'POST /api/settings/webhooks/{webhook}/disable': served('POST /api/settings/webhooks/{id}/disable'),
  'POST /oauth/device': served('POST /oauth/device'),
  'POST /oauth/token': served('POST /oauth/token'),
  'GET /.well-known/openid-configuration': refused('websiteSignIn'),
  'GET /api/users/{user}/overview': served('GET /api/users/{name}/overview'),
  'GET /api/users/{user}/followers': served('GET /api/users/{name}/followers'),
  'GET /api/users/{user}/following': served('GET /api/users/{name}/following'),
  'GET /api/users/{user}/likes': served('GET /api/users/{name}/likes'),
  'GET /api/organizations/{organization}/overview': served('GET /api/organizations/{name}/overview'),
  'GET /api/organizations/{organization}/followers': served('GET /api/organizations/{name}/followers'),
  'GET /api/organizations/{organization}/members': served('GET /api/organizations/{name}/members'),
  'GET /api/settings/repositories': served('GET /api/settings/repositories'),
  'GET /api/organizations/{namespace}/settings/repositories': served(
    'GET /api/organizations/{name}/settings/repositories',
  ),
  'GET /api/agent-harnesses': served('GET /api/agent-harnesses'),
  'HEAD /api/telemetry/{path}': refused('telemetry'),
};
