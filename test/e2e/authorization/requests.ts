import { fillRoute } from '../../support/route-urls.js';

/** An operation as a request for the private model `acme/secret`, the organization `acme` and the user `ada`. */
export interface OperationRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

const VALUES: Readonly<Record<string, string>> = {
  types: 'models',
  type: 'model',
  namespace: 'acme',
  name: 'secret',
  organization: 'acme',
  user: 'nobody',
  account: 'nobody',
  revision: 'main',
  path: 'README.md',
  reference: 'latest',
  digest: `sha256:${'0'.repeat(64)}`,
  sha: '0'.repeat(64),
  number: '1',
  id: '999999',
  delivery: '999999',
  code: 'WDJBMJHT',
  provider: 'missing',
  capability: 'x',
  token: 'x',
  status: 'pending',
};

/** Values of `{rest}`: what is changed does not exist, so that nothing changes for the next caller. */
const REST: readonly (readonly [RegExp, string])[] = [
  [/^(?:DELETE .*\/(?:branch|tag)|POST .*\/super-squash)\//, 'missing'],
  [/\/compare\//, 'main..main'],
];

const BATCH = { operation: 'download', objects: [{ oid: '0'.repeat(64), size: 1 }] };
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/{types}/{namespace}/{name}/paths-info/{revision}': { paths: ['README.md'] },
  'POST /{namespace}/{name}.git/info/lfs/objects/batch': BATCH,
  'POST /{types}/{namespace}/{name}.git/info/lfs/objects/batch': BATCH,
  // they name the repository in the body; the repositories exist, so that nothing is created
  'POST /api/repos/create': { type: 'model', organization: 'acme', name: 'other' },
  'DELETE /api/repos/delete': { type: 'model', organization: 'acme', name: 'victim' },
  'POST /api/repos/move': { type: 'model', fromRepo: 'acme/secret', toRepo: 'acme/secret' },
  'POST /api/{types}/{namespace}/{name}/duplicate': { repository: 'acme/other' },
  'POST /api/{types}/{name}/duplicate': { repository: 'acme/other' },
  'POST /api/organizations/create': { name: 'acme' },
  'POST /org/create': { name: 'acme' },
  'POST /api/settings/webhooks': { url: 'https://ci.example.com/', watched: [] },
};

/** A body without the required fields is refused after the rights were checked. */
const bodyOf = (operation: string, method: string): unknown =>
  Object.hasOwn(BODIES, operation) ? BODIES[operation] : method === 'GET' || method === 'HEAD' ? undefined : {};

export function requestOf(operation: string): OperationRequest {
  const [method, pattern] = operation.split(' ') as [OperationRequest['method'], string];
  const rest = REST.find(([expression]) => expression.test(operation))?.[1] ?? 'main';
  const named = pattern
    .replace('users/{name}', 'users/ada')
    .replace('organizations/{name}', 'organizations/acme')
    .replace('org/{name}', 'org/acme')
    .replace('avatars/{name}', 'avatars/ada')
    .replace('accounts/{name}', 'accounts/nobody')
    .replace(/(?<=^\/admin.*\{type\}\/\{namespace\}\/)\{name\}/, 'missing');
  return { method, path: fillRoute(named, { ...VALUES, rest }), body: bodyOf(operation, method) };
}
