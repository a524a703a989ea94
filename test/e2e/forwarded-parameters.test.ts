import type { OutgoingHttpHeaders } from 'node:http';
import type { Responder } from '../support/fake-upstream.js';
import { bytes, json } from '../support/fake-replies.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const COMMIT = 'a'.repeat(40);
type Method = 'HEAD' | 'GET' | 'POST';

const SECRET = 'c2VjcmV0LW9mLXRoZS1jYWxsZXI';
const SECRET_QUERY = [
  'token',
  'access_token',
  'api_key',
  'auth',
  'x-admin-token',
  'hubfall_session',
  'session',
  'sessionid',
  'password',
  'X-Amz-Signature',
  'key',
  'jwt',
  'unknown',
]
  .map((name) => `${name}=${SECRET}`)
  .concat(`authorization=Basic%20${SECRET}`, `Authorization=Bearer+${SECRET}`, `${SECRET}=1`)
  .join('&');

const file = bytes(200, '{}', { 'x-repo-commit': COMMIT, etag: `"${'b'.repeat(40)}"` });
const user = { _id: '1', user: 'kim', fullname: 'Kim', name: 'kim', type: 'user' };

/** A hub that has everything, and links to a next page of each list. */
const reply: Responder = (response, request) => {
  const [path = ''] = request.url.split('?');
  const headers = { link: `<${path}?cursor=next>; rel="next"` };
  return replyTo(path, headers)(response, request);
};

function replyTo(path: string, headers: OutgoingHttpHeaders): Responder {
  if (/\/(?:resolve|raw)\//.test(path)) return file;
  if (/\/(?:tree|commits|paths-info)\//.test(path)) return json(200, [], headers);
  if (/\/(?:members|followers|following|likes)$/.test(path)) return json(200, [], headers);
  if (/^\/api\/(?:models|datasets|spaces)$/.test(path)) return json(200, [{ id: 'o/listed' }], headers);
  if (path.endsWith('/refs')) return json(200, { branches: [], tags: [], converts: [] });
  if (/\/(?:overview|profile)$/.test(path)) return json(200, user);
  return json(200, { _id: '1', id: path.split('/').slice(3, 5).join('/'), sha: COMMIT, siblings: [] });
}

const REPO = '/api/models/o/r';
const PARAMETERS: readonly [method: Method, path: string, forwarded: string][] = [
  ['HEAD', '/o/r/resolve/main/a.json', 'download=true'],
  ['GET', '/o/r/resolve/main/a.json', 'download=true'],
  ['HEAD', '/o/r/raw/main/a.json', 'noContentDisposition=1'],
  ['GET', REPO, 'securityStatus=true&blobs=true&expand%5B%5D=likes'],
  ['GET', `${REPO}/revision/main`, 'expand=sha&expand=siblings&files_metadata=1'],
  ['GET', `${REPO}/tree/main`, 'recursive=true&expand=false&limit=2&cursor=a%3D'],
  ['POST', `${REPO}/paths-info/main`, ''],
  ['GET', `${REPO}/refs`, 'include_prs=1'],
  ['GET', `${REPO}/commits/main`, 'expand%5B%5D=formatted&p=1&limit=3'],
  ['GET', '/api/users/kim/followers', 'limit=2&cursor=c'],
  ['GET', '/api/users/kim/likes', 'limit=2'],
  ['GET', '/api/organizations/lab/members', 'cursor=c'],
];
/** Lists refuse unknown parameters. */
const LISTS: readonly [path: string, forwarded: string][] = [
  ['/api/models', 'inference_provider=x'],
  ['/api/datasets', 'gated=true'],
  ['/api/spaces', 'linked=true&models=m'],
  ['/api/users/ben/repos', ''],
];
/** URLs without parameters of a source. Their replies are cached, so each has its own name. */
const OTHERS: readonly string[] = [
  '/api/users/ann/overview',
  '/api/organizations/acme/overview',
  '/api/users/cid/avatar',
  '/o/cloned.git/info/refs?service=git-upload-pack',
];

/** The value of the session cookie of a new user. */
async function signedInSession({ hub, sendRequest }: HubWithSources): Promise<string> {
  const json = { username: 'dora', password: 'correct horse battery' };
  const admin = { 'x-admin-token': hub.adminToken };
  await sendRequest('/api/auth/register', { method: 'POST', json, headers: admin });
  const { headers } = await sendRequest('/api/auth/login', { method: 'POST', json });
  return /=([^;]+)/.exec(headers['set-cookie']!)![1]!;
}

describe.each(['huggingface', 'kohakuhub'] as const)('parameters that a source of type %s receives', (source_type) => {
  let hub: HubWithSources;
  let alice: TestUser;
  let session: string;
  const receivedUrls = (): string => hub.sources[0]!.requests.map(({ url }) => url).join('\n');

  beforeAll(async () => {
    hub = await startHubWithSources([reply], { facts: [{ source_type }] });
    alice = await createTestUser(hub.hub, 'alice');
    session = await signedInSession(hub);
  });
  afterAll(() => hub.close());
  beforeEach(() => hub.sources[0]!.forget());

  const send = async (method: Method, path: string, query: string, headers = {}) => {
    const url = `${path}${path.includes('?') ? '&' : '?'}${query}`;
    if (method !== 'POST') return hub.sendRequest(url, { method, headers });
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    return hub.sendRequest(url, { method, headers: form, body: 'paths=a.json' });
  };

  it.each([
    ...PARAMETERS.map(([method, path]) => [method, path] as const),
    ...OTHERS.map((path) => ['GET' as Method, path] as const),
  ])('%s %s: no secrets, nor does a redirect or link', async (method, path) => {
    for (const headers of [{}, alice.headers]) {
      const response = await send(method, path, SECRET_QUERY, headers);
      expect(response.status).toBeLessThan(500);
      expect(`${response.headers['location']} ${response.headers['link']}`).not.toContain(SECRET);
    }
    expect(receivedUrls()).not.toBe('');
    expect(receivedUrls()).not.toContain(SECRET);
  });

  it.each(PARAMETERS)('%s %s: %s', async (method, path, forwarded) => {
    await send(method, path, `${forwarded}&${SECRET_QUERY}`);
    expect(receivedUrls()).toContain(forwarded);
  });

  it.each(LISTS)('GET %s: %s; unknown parameters are refused', async (path, forwarded) => {
    for (const headers of [{}, alice.headers]) {
      const refused = await send('GET', path, SECRET_QUERY, headers);
      expect([refused.status, refused.body.toString().includes(SECRET)]).toEqual([400, false]);
    }
    expect(receivedUrls()).toBe('');
    expect((await send('GET', path, forwarded)).status).toBe(200);
    expect(receivedUrls()).toContain(forwarded);
  });

  describe('credentials of this hub are refused', () => {
    const percent = (text: string): string => text.replaceAll(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    const admin = () => ({ 'x-admin-token': hub.hub.adminToken });
    const dryRun = (path: string): string =>
      JSON.stringify({ op: 'tree', repo_type: 'model', namespace: 'o', name: 'r', file_path: path });
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const forms: readonly [form: string, write: (token: string) => string][] = [
      ['as it is', (token) => token],
      ['before an extension', (token) => `${token}.txt`],
      ['after a word', (token) => `token.${token}`],
      ['in parentheses', (token) => `(${token})`],
      ['within a word', (token) => `x${token}y`],
      ['in base64', base64],
      ['in base64, within a word', (token) => `xY${base64(token)}`],
      ['in base64url, with a user', (token) => Buffer.from(`alice:${token}`).toString('base64url')],
      ['percent-encoded twice', (token) => percent(token)],
      ['in hexadecimal', (token) => Buffer.from(token).toString('hex')],
      ['in upper-case hexadecimal', (token) => Buffer.from(token).toString('hex').toUpperCase()],
    ];

    const secrets: readonly [what: string, read: () => string][] = [
      ['a token', () => alice.token],
      ['a token without its prefix', () => alice.token.slice(3)],
      ['the admin token', () => hub.hub.adminToken],
      ['a session', () => session],
    ];
    const inEachForm = secrets.flatMap(([what, read]) =>
      forms.map(([form, write]) => [what, form, read, write] as const),
    );

    it.each(inEachForm)('%s, %s', async (_what, _form, read, write) => {
      const secret = write(read());
      const json = { 'content-type': 'application/json' };
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const requests: [path: string, options?: object][] = [
        [`${REPO}/tree/main?cursor=${encodeURIComponent(secret)}`],
        [`/api/models?search=${encodeURIComponent(secret)}`],
        [`${REPO}/tree/${encodeURIComponent(secret)}`],
        [`${REPO}/paths-info/main`, { method: 'POST', headers: json, body: JSON.stringify({ paths: ['a', secret] }) }],
        [
          `${REPO}/paths-info/main`,
          { method: 'POST', headers: form, body: `paths=${encodeURIComponent(`d/${secret}`)}` },
        ],
        ['/o/r/resolve/main/a.json', { headers: { 'if-none-match': `"${secret}"` } }],
        ['/api/repos/create', { method: 'POST', headers: { ...json, ...alice.headers }, body: `{"name":"${secret}"}` }],
        [
          '/admin/api/fallback/test/simulate',
          { method: 'POST', headers: { ...json, ...admin() }, body: dryRun(secret) },
        ],
      ];
      for (const [path, options] of requests) {
        expect([path, (await hub.sendRequest(path, options)).status]).toEqual([path, 400]);
      }
      expect(receivedUrls()).toBe('');
      expect(hub.sources[0]!.requests.map(({ body }) => body).join('')).toBe('');
    });

    it('texts that only look like a credential are forwarded', async () => {
      const other = `hf_${'b2'.repeat(20)}`;
      await send('GET', `${REPO}/tree/main`, `cursor=${other.slice(3)}`);
      expect(receivedUrls()).toContain(other.slice(3));
      const body = JSON.stringify({ paths: [other] });
      const headers = { 'content-type': 'application/json' };
      const response = await hub.sendRequest(`${REPO}/paths-info/main`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
    });
  });

  it('are the only ones in the redirect of a download', async () => {
    const response = await send('GET', '/o/r/resolve/main/a.json', `download=true&${SECRET_QUERY}`);
    expect(response.status).toBe(302);
    expect(response.headers['location']).toMatch(/a\.json\?download=true(?:&fallback=false)?$/);
  });
});
