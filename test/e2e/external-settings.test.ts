import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { PASSWORD, registerUser } from '../support/register-user.js';
import { requestOf } from './authorization/requests.js';

const COMMIT = 'a'.repeat(40);
const NO_ENTRY = { 'x-error-code': 'EntryNotFound', 'x-repo-commit': COMMIT };

/** A hub with the models `acme/secret` and `secret`, as the requests for all operations name them, which have no files. */
const source: Responder = (response, request) => {
  const path = request.url.split('?')[0]!.replace(/^\/api\/models\/(?:acme\/)?secret/, '');
  const isList = /^\/(?:tree|commits|likers|paths-info)/.test(path);
  const reply = isList ? [] : { id: 'acme/secret', sha: COMMIT, size: 1, branches: [], discussions: [], num: 1 };
  const isFile = /\/(?:resolve|raw|objects)\//.test(path);
  return (isFile ? json(404, { error: 'Entry not found' }, NO_ENTRY) : json(200, reply))(response, request);
};

/** Bodies that name repositories. */
const BODIES: Readonly<Record<string, object>> = {
  'DELETE /api/repos/delete': { type: 'model', organization: 'acme', name: 'secret' },
  'POST /api/repos/move': { type: 'model', fromRepo: 'acme/secret', toRepo: 'ada/secret' },
  'POST /api/{types}/{namespace}/{name}/lfs-files/duplicate': {
    target: { type: 'model', name: 'ada/own' },
    files: [{ sha256: '0'.repeat(64) }],
  },
};

/** All operations on a repository that is named in the URL. */
const OPERATIONS_BY_URL = Object.entries(
  (JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> }).paths,
)
  .filter(([path]) => !path.startsWith('/admin/') && /\{namespace\}\/\{name\}|\{types\}\/\{name\}/.test(path))
  .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

const OPERATIONS = [...new Set([...OPERATIONS_BY_URL, ...Object.keys(BODIES)])];

/** Operations that sources serve. They have separate tests. */
const IS_READ =
  /^(?:GET|HEAD) .*\/\{name\}(?:$|\/(?:resolve|raw|revision|tree|treesize|refs|commits|compare|discussions|likers|auth-check$|tags|manifests|blobs|xet-read-token)\b)|paths-info|objects\/batch|locks\/verify/;

/** Files of sources are not copied, whose error has no name of a source. */
const COPY = /lfs-files\/duplicate$/;

let hub: HubWithSources;
let cookie: string;

beforeAll(async () => {
  hub = await startHubWithSources([source]);
  await registerUser(hub.hub.url, 'ada');
  const json = { username: 'ada', password: PASSWORD };
  const { headers } = await hub.sendRequest('/api/auth/login', { method: 'POST', json });
  cookie = headers['set-cookie']!.split(';')[0]!;
});
afterAll(() => hub.close());

describe('an external repository', () => {
  it('has more than 30 operations that sources do not serve', () => {
    expect(OPERATIONS.filter((operation) => !IS_READ.test(operation)).length).toBeGreaterThan(30);
  });

  it.each(OPERATIONS)('is not reported as missing by %s', async (operation) => {
    const { method, path, body: empty } = requestOf(operation);
    const body = BODIES[operation] ?? empty;
    const {
      status,
      headers,
      body: text,
    } = await hub.sendRequest(path, {
      method,
      headers: { cookie },
      ...(body !== undefined && { json: body }),
    });
    expect([path, status, headers['x-error-code']]).not.toEqual([path, 404, 'RepoNotFound']);
    if (IS_READ.test(operation)) return;
    expect([path, status, JSON.parse(text.toString())]).toEqual([
      path,
      501,
      expect.objectContaining({
        error: expect.stringContaining(COPY.test(operation) ? 'does not copy files' : 'belongs to the source "A"'),
      }),
    ]);
  });
});
