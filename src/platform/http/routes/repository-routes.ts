import { MAX_PATHS } from '../../../domain/repo-path-limits.js';
import { GB, json, jsonOrForm, KB, MB, stream } from './bodies.js';
import { del, get, post, put, type RouteRow } from './route.js';

const REPO = 'api/:types/:namespace/:name';
const LIKE = [`${REPO}/like`, 'api/:types/:name/like'];
const API = ['api/models/*rest', 'api/datasets/*rest', 'api/spaces/*rest'];
const PATHS_INFO = [`${REPO}/paths-info{/*rest}`, 'api/:types/:name/paths-info{/*rest}'];
const FILES = ['*id/resolve/*rest', '*id/raw/*rest', 'api/resolve-cache/*rest'];
const REQUESTS = `${REPO}/user-access-request`;
const page = (word: string): readonly string[] => [`:types/:namespace/:name/${word}`, `:namespace/:name/${word}`];
const WRITE = { callers: 'writer', rate: 'write' } as const;
const REVIEW = { ...WRITE, capability: 'write repository' } as const;
const PUBLISHERS = `${REPO}/trusted-publishers`;
const PUBLISH = { callers: 'session', capability: 'administer repository', rate: 'write' } as const;
const WRITE_REFS = { ...WRITE, capability: 'write repository' } as const;

/** Metadata, lists, settings and commits of repositories. */
export const REPOSITORY_ROUTES = {
  'lists.models': get('api/models', { rate: 'search' }),
  'lists.datasets': get('api/datasets', { rate: 'search' }),
  'lists.spaces': get('api/spaces', { rate: 'search' }),
  'lists.quickSearch': get('api/quicksearch', { rate: 'search' }),
  'lists.searchCards': get('api/search/full-text', { rate: 'search' }),
  'tags.models': get('api/models-tags-by-type', { rate: 'search' }),
  'tags.datasets': get('api/datasets-tags-by-type', { rate: 'search' }),
  'facets.models': get('api/models-facets', { rate: 'search' }),
  'facets.datasets': get('api/datasets-facets', { rate: 'search' }),
  'facets.spaces': get('api/spaces-facets', { rate: 'search' }),
  'repositories.read': get([...API, ...FILES]),
  'repositories.pathsInfo': post(PATHS_INFO, {
    rate: 'check',
    // Clients send all paths of a repository in one request, and a path may have 4096 characters.
    body: { ...jsonOrForm({ bytes: 2 * MB, anonymousBytes: 512 * KB, elements: MAX_PATHS + 100 }), deferred: true },
  }),
  'repositories.create': post('api/repos/create', { ...WRITE, body: json({ bytes: MB, string: MB }) }),
  'repositories.delete': del('api/repos/delete', { ...WRITE, body: json() }),
  'repositories.duplicate': post([`${REPO}/duplicate`, 'api/:types/:name/duplicate'], { ...WRITE, body: json() }),
  'repositories.move': post('api/repos/move', { ...WRITE, body: json() }),
  'repositories.changeSettings': put(`${REPO}/settings`, {
    ...WRITE,
    capability: 'administer repository',
    body: json(),
  }),
  'repositories.usage': get(`${REPO}/usage`, {
    callers: 'account',
    capability: 'administer repository',
    rate: 'search',
  }),
  'trustedPublishers.list': get(PUBLISHERS, { callers: 'session' }),
  'trustedPublishers.add': post(PUBLISHERS, { ...PUBLISH, body: json() }),
  'trustedPublishers.remove': del(`${PUBLISHERS}/:id`, PUBLISH),
  'repositories.compare': get(`${REPO}/compare/*rest`, { rate: 'search' }),
  'repositories.checkRead': get(`${REPO}/auth-check`),
  'repositories.checkWrite': get(`${REPO}/auth-check/write`),
  'likes.get': get(LIKE, { callers: 'account' }),
  'likes.add': post(LIKE, WRITE),
  'likes.remove': del(LIKE, WRITE),
  'accessRequests.own': get(REQUESTS),
  'accessRequests.ask': post(page('ask-access'), { ...WRITE, body: jsonOrForm({ keys: 100 }) }),
  'accessRequests.withdraw': post(`${REQUESTS}/cancel`, WRITE),
  'accessRequests.list': get(`${REQUESTS}/:status`, { callers: 'account' }),
  'accessRequests.decide': post(`${REQUESTS}/handle`, { ...REVIEW, body: json() }),
  'accessRequests.decideAll': post(`${REQUESTS}/batch`, { ...REVIEW, body: json() }),
  'accessRequests.grant': post(`${REQUESTS}/grant`, { ...REVIEW, body: json() }),
  'accessRequests.report': get(page('user-access-report'), { callers: 'account' }),
  'refs.createBranch': post(`${REPO}/branch/*rest`, { ...WRITE_REFS, body: json() }),
  'refs.deleteBranch': del(`${REPO}/branch/*rest`, WRITE_REFS),
  'refs.createTag': post(`${REPO}/tag/*rest`, { ...WRITE_REFS, body: json() }),
  'refs.deleteTag': del(`${REPO}/tag/*rest`, WRITE_REFS),
  'refs.squash': post(`${REPO}/super-squash/*rest`, { ...WRITE_REFS, body: json() }),
  // Clients send the whole README, also without an account. The metadata in it has a separate limit.
  'cards.check': post('api/validate-yaml', {
    rate: 'check',
    body: json({ bytes: 10 * MB, anonymousBytes: 512 * KB, string: 10 * MB }),
  }),
  // At most 1000 files, each with a long path and a sample, and patterns.
  'commits.preupload': post(`${REPO}/preupload/*rest`, {
    callers: 'writer',
    capability: 'commit',
    rate: 'check',
    body: json({ bytes: 10 * MB, elements: 6000, string: 256 * KB }),
  }),
  // Clients keep the regular content of a commit below 100 MB (a third more in base64); the rest is headroom for other requests.
  'commits.commit': post(`${REPO}/commit/*rest`, {
    ...WRITE,
    capability: 'commit',
    needs: 'storage',
    body: stream(2 * GB),
  }),
} as const satisfies Record<string, RouteRow>;
