import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitBody, fileLine } from '../support/commit-body.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { rawHttp } from '../support/raw-http.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createImage } from '../support/test-images.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

// Every URL that the hub writes, for clients that use different addresses of it (invariant 12).
const PROXY = { KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1', KOHAKU_HUB_LFS_PART_SIZE: '6000000' };
const LIST = 'https://hub.example.com/tools/hub,http://hub.svc:8080';
const FORWARDED = {
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'company.example',
  'x-forwarded-prefix': '/tools/hub',
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hubs: Record<string, RunningHub> = {};
let external: FakeUpstream;
beforeAll(async () => {
  external = await FakeUpstream.start((response, { url }) => {
    if (!url.includes('/far')) return response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
    const link = `<${external.url}${url.split('?')[0]}?cursor=2>; rel="next"`;
    const body = url.includes('/members') || url.includes('/tree/') ? [] : { id: 'far/repo', name: 'far', type: 'org' };
    response.writeHead(200, { 'content-type': 'application/json', link }).end(JSON.stringify(body));
  });
  const sources = [{ name: 'Team', url: external.url, source_type: 'huggingface', delivery: 'proxy' }];
  const common = { ...PROXY, KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(sources) };
  hubs['unset'] = await startHub({ env: common });
  hubs['list'] = await startHub({ env: { ...common, KOHAKU_HUB_BASE_URL: LIST } });
});
afterAll(async () => {
  await Promise.all([...Object.values(hubs), external].map((server) => server?.close()));
});

describe.each<[hub: string, name: string, headers: Record<string, string>, base: string]>([
  ['unset', 'its address', {}, ''],
  ['unset', 'another name', { host: 'hub.lan:8080' }, 'http://hub.lan:8080'],
  ['unset', 'a TLS proxy with a prefix', FORWARDED, 'https://company.example/tools/hub'],
  [
    'unset',
    'a proxy that sends Forwarded',
    { forwarded: 'for=192.0.2.1;host="company.example:8443";proto=https' },
    'https://company.example:8443',
  ],
  ['list', 'the second name', { host: 'hub.svc:8080' }, 'http://hub.svc:8080'],
  ['list', 'a name that is not listed', { host: 'elsewhere:8080' }, 'https://hub.example.com/tools/hub'],
])('a hub with the setting %s, under %s', (setting, name, clientHeaders, address) => {
  let hub: RunningHub;
  let base: string;
  let path: string;
  let alice: TestUser;
  const account = `alice-${sha256(setting + name).slice(0, 6)}`;
  const organization = account.replace('alice', 'team');

  const send = (to: string, { headers, ...options }: RequestOptions = {}): Promise<HttpResponse> =>
    sendRequest(hub.url, to, { ...options, headers: { ...alice.headers, ...clientHeaders, ...headers } });
  const post = (to: string, json: unknown): Promise<HttpResponse> => send(to, { method: 'POST', json });
  const next = async (to: string): Promise<string | undefined> =>
    /<([^>]+)>; rel="next"/.exec((await send(to)).headers['link'] ?? '')?.[1];
  const commit = (repo: string, file: string): Promise<HttpResponse> =>
    send(`/api/models/${repo}/commit/main`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: commitBody(file, fileLine(file, 'x')),
    });

  beforeAll(async () => {
    hub = hubs[setting]!;
    base = address || hub.url;
    path = new URL(base).pathname.replace(/\/$/, '');
    alice = await createTestUser(hub, account);
    await createTestOrganization(hub, organization, { [account]: 'admin', [`${account}-2`]: 'read' }).catch(() => 0);
  });

  it('repositories are created, committed to and moved', async () => {
    const created = await post('/api/repos/create', { name: 'first', organization: account });
    expect([created.status, created.json()]).toMatchObject([200, { url: `${base}/${account}/first` }]);
    const again = await post('/api/repos/create', { name: 'first', organization: account });
    expect([again.status, again.json()]).toMatchObject([409, { url: `${base}/${account}/first` }]);
    const dataset = await post('/api/repos/create', { name: 'first', type: 'dataset' });
    expect(dataset.json()).toMatchObject({ url: `${base}/datasets/${account}/first` });
    const { commitOid, commitUrl } = (await commit(`${account}/first`, 'a.txt')).json() as Record<string, string>;
    expect(commitUrl).toBe(`${base}/${account}/first/commit/${commitOid}`);
    await commit(`${account}/first`, 'b.txt');
    await post('/api/repos/create', { name: 'old' });
    const moved = await post('/api/repos/move', {
      fromRepo: `${account}/old`,
      toRepo: `${account}/new`,
      type: 'model',
    });
    expect(moved.json()).toMatchObject({ url: `${base}/${account}/new` });
  });

  it('lists have links to their next pages', async () => {
    const [tree, commits] = [`/api/models/${account}/first/tree/main`, `/api/models/${account}/first/commits/main`];
    expect(await next(`${tree}?limit=1`)).toMatch(`${base}${tree}?limit=1&cursor=`);
    expect(await next(`${commits}?limit=1`)).toBe(`${base}${commits}?limit=1&p=1`);
    const list = await next(`/api/models?author=${account}&limit=1&fallback=false`);
    expect(list).toMatch(`${base}/api/models?author=${account}&limit=1&fallback=false&cursor=`);
    const second = await send(list!.slice(base.length));
    expect((second.json() as unknown[]).length).toBe(1);
    expect(await next('/api/models/far/repo/tree/main')).toBe(`${base}/api/models/far/repo/tree/main?cursor=2`);
    expect(await next('/api/organizations/far/members')).toBe(`${base}/api/organizations/far/members?cursor=2`);
  });

  it('large files are transferred', async () => {
    const batch = async (operation: string, content: string, size = content.length): Promise<string> => {
      const objects = [{ oid: sha256(content), size }];
      const json = { operation, transfers: ['basic', 'multipart'], objects };
      const headers = { 'content-type': 'application/vnd.git-lfs+json' };
      return (
        await send(`/${account}/first.git/info/lfs/objects/batch`, { method: 'POST', json, headers })
      ).body.toString();
    };
    const small = JSON.parse(await batch('upload', 'content')) as {
      objects: { actions: Record<string, { href: string }> }[];
    };
    const { upload, verify } = small.objects[0]!.actions;
    expect([upload!.href, verify!.href]).toEqual([
      expect.stringMatching(`^${base}/lfs/upload/`),
      expect.stringMatching(`^${base}/lfs/verify/`),
    ]);
    const put = await sendRequest(hub.url, upload!.href.slice(base.length), { method: 'PUT', body: 'content' });
    expect(put.status).toBe(200);
    expect(await batch('download', 'content')).toContain(`"href":"${base}/lfs/download/`);
    const urls = [...(await batch('upload', 'large', 13_000_000)).matchAll(/"(https?:[^"]+)"/g)].map(([, url]) => url!);
    expect(urls).toHaveLength(5); // three parts, completion and verification
    expect(urls.filter((url) => !url.startsWith(`${base}/lfs/`))).toEqual([]);
    const { headers, ...token } = await send(`/api/models/${account}/first/xet-write-token/main`);
    expect([token.json(), headers]).toMatchObject([{ casUrl: `${base}/xet` }, { 'x-xet-cas-url': `${base}/xet` }]);
  });

  it('moved repositories redirect to a path on the same host', async () => {
    for (const from of [
      `/api/models/${account}/old?blobs=true`,
      `/${account}/old/resolve/main/.gitattributes`,
      `/${account}/old.git/info/refs?service=git-upload-pack`,
    ]) {
      const { status, headers } = await send(from);
      expect([status, headers['location']]).toEqual([307, path + from.replace('/old', '/new')]);
    }
    const json = { operation: 'download', objects: [] };
    const { status, headers } = await post(`/${account}/old.git/info/lfs/objects/batch`, json);
    expect([status, headers['location']]).toEqual([307, `${path}/${account}/new.git/info/lfs/objects/batch`]);
  });

  it('accounts have avatars', async () => {
    const image = { method: 'PUT', body: await createImage(8, 8), headers: { 'content-type': 'image/png' } } as const;
    const uploaded = await send(`/api/users/${account}/avatar`, image);
    const avatar = `${base}/api/users/${account}/avatar?v=`;
    expect(uploaded.json()).toMatchObject({ avatarUrl: expect.stringContaining(avatar) });
    for (const where of ['/api/whoami-v2', `/api/users/${account}/overview`, `/api/users/${account}/settings`])
      expect((await send(where)).body.toString()).toContain(`"${avatar}`);
    expect((await send('/api/organizations/far/overview')).body.toString()).not.toContain(external.url + '/avatar');
  });

  it('error messages contain commands for this address', async () => {
    const push = await send(`/${account}/first.git/info/refs?service=git-receive-pack`);
    expect(push.body.toString()).toContain(`HF_ENDPOINT=${base} hf upload ${account}/first`);
    const clone = await send('/far/repo.git/info/refs?service=git-upload-pack');
    expect(clone.body.toString()).toContain(`HF_ENDPOINT=${base} hf download far/repo`);
  });

  it('cookies, HSTS, pages and the API documentation are for this address', async () => {
    const json = { username: `b-${account}`, password: 'correct horse battery' };
    await post('/api/auth/register', json);
    const { headers } = await post('/api/auth/login', json);
    const isHttps = base.startsWith('https:');
    expect(headers['strict-transport-security']).toBe(isHttps ? 'max-age=31536000' : undefined);
    const prefix = isHttps ? (path === '' ? '__Host-' : '__Secure-') : '';
    expect(headers['set-cookie']).toMatch(RegExp(`^${prefix}hubfall_session=[^;]+; Path=${path || '/'};`));
    expect(headers['set-cookie']?.endsWith('; Secure')).toBe(isHttps);
    const document = (await send('/docs-json')).json() as { servers: unknown };
    expect(document.servers).toEqual([{ url: path || '/' }]);
    expect((await send('/api/version')).headers['vary']).toBe('Authorization, Cookie, Host, Accept-Encoding');
  });

  it('a page of another site cannot sign in, a page at this address can', async () => {
    const json = { username: `b-${account}`, password: 'correct horse battery' };
    const login = async (origin: string): Promise<number> =>
      (await send('/api/auth/login', { method: 'POST', json, headers: { origin } })).status;
    expect(await login(new URL(base).origin)).toBe(200);
    expect(await login('https://evil.example')).toBe(403);
  });
});

it.each([
  'evil.example/x',
  'user@evil.example',
  'evil.example, hub',
  '<script>',
  'a b',
  'evil.example:port',
  'evil.example"',
  '[::1',
  'héllo',
])('the Host header %s is rejected', async (host) => {
  const lines = ['GET /api/models HTTP/1.1', `Host: ${host}`, 'Connection: close', '', ''];
  const response = await rawHttp(hubs['unset']!.url, lines.join('\r\n'));
  expect(response).toMatch(/^HTTP\/1\.1 400 /);
  expect(response).toContain('The Host header is not a host name.');
  expect(response.replace(/^.*?\r\n\r\n/s, '')).not.toContain('evil');
});

it('a request without a Host header is answered for the address of the connection', async () => {
  const hub = hubs['unset']!;
  const { headers } = await createTestUser(hub, 'old-client');
  const body = JSON.stringify({ name: 'made' });
  const lines = [
    'POST /api/repos/create HTTP/1.0',
    `Authorization: ${headers.authorization}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  expect(await rawHttp(hub.url, lines.join('\r\n'))).toContain(`"url":"${hub.url}/old-client/made"`);
});

it('forwarded headers are ignored unless they are from a trusted proxy', async () => {
  const hub = await startHub();
  const { headers } = await createTestUser(hub, 'ann');
  const forged = { ...FORWARDED, forwarded: 'host=evil.example;proto=https' };
  const made = await sendRequest(hub.url, '/api/repos/create', {
    method: 'POST',
    json: { name: 'made' },
    headers: { ...headers, ...forged },
  });
  await hub.close();
  expect(made.json()).toMatchObject({ url: `${hub.url}/ann/made` });
});
