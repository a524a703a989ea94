import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser } from '../support/test-users.js';

const PASSWORD = 'correct horse battery';
const VARY = 'Authorization, Cookie';

describe('cache headers', () => {
  let hub: RunningHub;
  const credentials: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_BASE_URL: 'https://hub.example.com' } });
    const json = { username: 'ann', password: PASSWORD };
    await sendRequest(hub.url, '/api/auth/register', { method: 'POST', json });
    const { headers } = await sendRequest(hub.url, '/api/auth/login', { method: 'POST', json });
    credentials.cookie = { cookie: headers['set-cookie']!.split(';')[0]! };
    credentials.token = (await createTestUser(hub, 'ann')).headers;
    for (const visibility of ['private', 'public']) {
      const body = { name: visibility, private: visibility === 'private' };
      const created = await sendRequest(hub.url, '/api/repos/create', {
        method: 'POST',
        json: body,
        headers: credentials.token,
      });
      expect(created.status).toBe(200);
    }
  });
  afterAll(() => hub?.close());

  const reads: [string, RequestOptions?][] = [
    ['/api/models/ann/:repo'],
    ['/api/models/ann/:repo/revision/main'],
    ['/api/models/ann/:repo/tree/main'],
    ['/api/models/ann/:repo/paths-info/main', { method: 'POST', json: { paths: ['.gitattributes'] } }],
    ['/api/models/ann/:repo/refs'],
    ['/api/models/ann/:repo/commits/main'],
    ['/ann/:repo/resolve/main/.gitattributes'],
    ['/ann/:repo/raw/main/.gitattributes'],
    ['/ann/:repo.git/info/refs?service=git-upload-pack'],
    ['/api/models?author=ann'],
  ];
  const isApi = (path: string): boolean => path.startsWith('/api/');
  /** JSON of the API may be compressed. */
  const varyOf = (path: string): string => {
    if (isApi(path)) return `${VARY}, Accept-Encoding`;
    return /\/(resolve|raw)\//.test(path) ? `${VARY}, Accept` : VARY;
  };
  const read = ([path, options]: [string, RequestOptions?], repo: string, headers = {}): Promise<HttpResponse> =>
    sendRequest(hub.url, path.replace(':repo', repo), { ...options, headers });

  describe.each(['cookie', 'token'])('with a %s', (kind) => {
    it.each(reads)('allow only private caches to store %s', async (...request) => {
      for (const repo of ['private', 'public']) {
        const { status, headers } = await read(request, repo, credentials[kind]);
        const expected = [200, varyOf(request[0]), 'private, no-cache'];
        expect([status, headers.vary, headers['cache-control']]).toEqual(expected);
      }
    });

    it.each(['/api/whoami-v2', '/api/users/ann/repos'])('forbid all caches to store %s', async (path) => {
      const { headers } = await sendRequest(hub.url, path, { headers: credentials[kind] });
      expect([headers.vary, headers['cache-control']]).toEqual([varyOf(path), 'no-store']);
    });
  });

  it.each(reads)('distinguish anonymous requests from others: %s', async (...request) => {
    const isGit = request[0].includes('.git/');
    const open = await read(request, 'public');
    expect([open.status, open.headers.vary]).toEqual([200, varyOf(request[0])]);
    expect(open.headers['cache-control']).toBe(isGit ? 'private, no-cache' : undefined);
    const hidden = await read(request, 'private');
    if (!request[0].includes(':repo')) return;
    expect([401, 404]).toContain(hidden.status);
    expect([hidden.headers.vary, hidden.headers['cache-control']]).toEqual([
      isApi(request[0]) ? varyOf(request[0]) : VARY,
      'no-store',
    ]);
  });

  it('allow only private caches to store responses of the admin API', async () => {
    const headers = { 'x-admin-token': hub.adminToken };
    const { headers: got } = await sendRequest(hub.url, '/admin/api/fallback-sources', { headers });
    expect(got['cache-control']).toMatch(/^(private, no-cache|no-store)$/);
  });

  it('come with one HSTS header', async () => {
    for (const path of ['/api/version', '/health/live', '/admin/api/fallback-sources', '/nothing', '/docs-json']) {
      const { headers } = await sendRequest(hub.url, path);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
    }
    const preflight = await fetch(`${hub.url}/api/models`, { method: 'OPTIONS' });
    expect(preflight.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

it.each([
  ['http://hub.example.com', 'true'],
  ['https://hub.example.com', 'false'],
])('a hub at %s with KOHAKU_HUB_HSTS=%s sends no HSTS', async (baseUrl, hsts) => {
  const hub = await startHub({ env: { KOHAKU_HUB_BASE_URL: baseUrl, KOHAKU_HUB_HSTS: hsts } });
  const { headers } = await sendRequest(hub.url, '/docs-json');
  await hub.close();
  expect(headers).not.toHaveProperty('strict-transport-security');
});
