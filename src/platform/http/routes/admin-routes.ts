import { json, KB, MB } from './bodies.js';
import { del, get, post, put, type BodyLimits, type RouteRow } from './route.js';

const API = 'admin/api';
const SOURCES = `${API}/fallback-sources`;
const PREFETCH = `${API}/prefetch`;
const ACCOUNTS = `${API}/accounts`;
const INVITATIONS = `${API}/invitations`;
const REPOSITORIES = `${API}/repositories`;
const REPOSITORY = [`${REPOSITORIES}/:type/:namespace/:name`, `${REPOSITORIES}/:type/:name`];
const CONTENT_CACHE = `${API}/content-cache`;
const CACHED_REPOSITORY = [`${CONTENT_CACHE}/:type/:namespace/:name`, `${CONTENT_CACHE}/:type/:name`];
const ADMINISTRATOR = { callers: 'administrator' } as const;
const withBody = (limits?: Partial<BodyLimits>) => ({ ...ADMINISTRATOR, body: json(limits) }) as const;
/** A source has up to two lists of patterns, and a certificate and key of 64 kB each. */
const SOURCE = withBody({ bytes: 512 * KB, elements: 5000, string: 256 * KB });
const MANY_SOURCES = withBody({ bytes: 2 * MB, elements: 100_000, string: 256 * KB });

/** The admin API. It has its own limit of requests (`AdminAccessService`). */
export const ADMIN_ROUTES = {
  'admin.sources.create': post(SOURCES, SOURCE),
  'admin.sources.list': get(SOURCES, ADMINISTRATOR),
  'admin.sources.reorder': put(`${SOURCES}/order`, withBody({ elements: 2000 })),
  'admin.sources.get': get(`${SOURCES}/:id`, ADMINISTRATOR),
  'admin.sources.change': put(`${SOURCES}/:id`, SOURCE),
  'admin.sources.delete': del(`${SOURCES}/:id`, ADMINISTRATOR),
  'admin.sources.health': get(`${SOURCES}/health`, ADMINISTRATOR),
  'admin.sources.testDraft': post(`${SOURCES}/test`, SOURCE),
  'admin.sources.testStored': post(`${SOURCES}/:id/test`, ADMINISTRATOR),
  'admin.sources.replaceAll': put(`${API}/fallback/sources-bulk-replace`, MANY_SOURCES),
  'admin.cache.stats': get(`${SOURCES}/cache/stats`, ADMINISTRATOR),
  'admin.cache.clear': del(`${SOURCES}/cache/clear`, ADMINISTRATOR),
  'admin.cache.evict': del(
    [`${SOURCES}/cache/repo/:type/:namespace/:name`, `${SOURCES}/cache/repo/:type/:name`],
    ADMINISTRATOR,
  ),
  'admin.offline.read': get(`${API}/offline`, ADMINISTRATOR),
  'admin.offline.set': put(`${API}/offline`, withBody()),
  'admin.contentCache.list': get(CONTENT_CACHE, ADMINISTRATOR),
  'admin.contentCache.stats': get(`${CONTENT_CACHE}/stats`, ADMINISTRATOR),
  'admin.contentCache.pins': get(`${CONTENT_CACHE}/pins`, ADMINISTRATOR),
  'admin.contentCache.pin': put(`${CONTENT_CACHE}/pins/:id`, withBody()),
  'admin.contentCache.unpin': del(`${CONTENT_CACHE}/pins/:id`, ADMINISTRATOR),
  'admin.contentCache.files': get(CACHED_REPOSITORY, ADMINISTRATOR),
  'admin.contentCache.evict': del(CACHED_REPOSITORY, ADMINISTRATOR),
  'admin.dryRun': post(`${API}/fallback/test/simulate`, MANY_SOURCES),
  'admin.names.count': get(`${API}/name-checks`, ADMINISTRATOR),
  'admin.names.check': post(`${API}/name-checks`, ADMINISTRATOR),
  'admin.secretKeys.read': get(`${API}/secret-keys`, ADMINISTRATOR),
  'admin.secretKeys.rotate': post(`${API}/secret-keys/rotate`, ADMINISTRATOR),
  'admin.storage.read': get(`${API}/storage`, ADMINISTRATOR),
  'admin.storage.collect': post(`${API}/storage/collect`, ADMINISTRATOR),
  'admin.storage.collections': get(`${API}/storage/collections`, ADMINISTRATOR),
  'admin.storage.collection': get(`${API}/storage/collections/:id`, ADMINISTRATOR),
  'admin.prefetch.list': get(PREFETCH, ADMINISTRATOR),
  'admin.prefetch.start': post(PREFETCH, withBody({ elements: 20_000 })),
  'admin.prefetch.forecast': post(`${PREFETCH}/forecast`, withBody({ elements: 20_000 })),
  'admin.prefetch.get': get(`${PREFETCH}/:id`, ADMINISTRATOR),
  'admin.prefetch.pause': post(`${PREFETCH}/:id/pause`, ADMINISTRATOR),
  'admin.prefetch.resume': post(`${PREFETCH}/:id/resume`, ADMINISTRATOR),
  'admin.prefetch.cancel': del(`${PREFETCH}/:id`, ADMINISTRATOR),
  'admin.audit.list': get(`${API}/audit-log`, ADMINISTRATOR),
  'admin.audit.redact': post(`${API}/audit-log/redact`, withBody()),
  'admin.audit.export': get(`${API}/audit-log/export`, ADMINISTRATOR),
  'admin.usage': get(`${API}/usage`, ADMINISTRATOR),
  'admin.metrics': get(`${API}/metrics/summary`, ADMINISTRATOR),
  'admin.metricsHistory': get(`${API}/metrics/history`, ADMINISTRATOR),
  'admin.accounts.list': get(ACCOUNTS, ADMINISTRATOR),
  'admin.accounts.create': post(ACCOUNTS, withBody()),
  'admin.accounts.get': get(`${ACCOUNTS}/:name`, ADMINISTRATOR),
  'admin.accounts.change': put(`${ACCOUNTS}/:name`, withBody()),
  'admin.accounts.setPassword': post(`${ACCOUNTS}/:name/password`, withBody()),
  'admin.accounts.delete': del(`${ACCOUNTS}/:name`, ADMINISTRATOR),
  'admin.invitations.list': get(INVITATIONS, ADMINISTRATOR),
  'admin.invitations.create': post(INVITATIONS, withBody()),
  'admin.invitations.revoke': del(`${INVITATIONS}/:id`, ADMINISTRATOR),
  'admin.repositories.list': get(REPOSITORIES, ADMINISTRATOR),
  'admin.repositories.create': post(REPOSITORIES, withBody()),
  'admin.repositories.change': put(REPOSITORY, withBody()),
  'admin.repositories.delete': del(REPOSITORY, ADMINISTRATOR),
} as const satisfies Record<string, RouteRow>;
