import { connect } from 'node:net';
import { isParsed, type ParsedBody, type RouteRow } from '../../src/platform/http/routes/route.js';
import { ROUTES, type RouteKey } from '../../src/platform/http/routes/routes.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { rawHttp } from '../support/raw-http.js';
import { fillRoute } from '../support/route-urls.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

/** A URL of a route. */
const urlOf = ({ paths }: RouteRow): string => `/${fillRoute(paths[0]!)}`;

let hub: RunningHub;
let ann: TestUser;
let bob: TestUser;
let reader: TestUser;
beforeAll(async () => {
  hub = await startHub();
  ann = await createTestUser(hub, 'ann');
  bob = await createTestUser(hub, 'bob');
  reader = await createTestUser(hub, 'ann', 'read');
  await createTestOrganization(hub, 'acme', { ann: 'admin', bob: 'write' });
  for (const json of [{ name: 'm' }, { name: 'hidden', private: true }])
    await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json, headers: ann.headers });
});
afterAll(() => hub?.close());

/** Announces a body of which no byte is sent, and returns the status of the response. */
function statusWithoutBody(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const lines = Object.entries({
    host: 'hub',
    'content-type': 'application/json',
    'content-length': '1000',
    ...headers,
  });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(hub.config.port, '127.0.0.1', () => socket.write(head));
    socket.setEncoding('latin1').once('error', reject);
    socket.once('data', (text: string) => {
      socket.destroy();
      resolve(Number(text.split(' ', 2)[1]));
    });
  });
}

const withBody = (Object.entries(ROUTES) as [RouteKey, RouteRow][]).flatMap(([key, row]) => {
  const { method, body } = row;
  return method === 'ALL' || body.kind === 'none' ? [] : [[key, { ...row, method }] as const];
});
const refused = withBody.filter(([, { callers }]) => callers !== 'anyone');

describe('a response is sent before any byte of the body is received', () => {
  it.each(refused.map(([key, row]) => [key, row] as const))('to an anonymous caller of %s', async (_, row) => {
    const status = await statusWithoutBody(row.method, urlOf(row));
    expect(status).toBe(row.callers === 'link' ? 403 : 401);
  });

  it.each(refused.filter(([, { callers }]) => callers === 'writer'))('to a read-only token for %s', async (_, row) => {
    expect(await statusWithoutBody(row.method, urlOf(row), reader.headers)).toBe(403);
  });

  it('to a wrong admin token', async () => {
    expect(await statusWithoutBody('POST', '/admin/api/accounts', { 'x-admin-token': 'wrong' })).toBe(403);
  });

  it('to an access token for routes that require a session', async () => {
    expect(await statusWithoutBody('POST', '/api/auth/tokens/create', ann.headers)).toBe(403);
  });

  it.each([
    ['POST', '/api/models/no/such/preupload/main', 404],
    ['POST', '/api/models/no/such/commit/main', 404],
    ['POST', '/api/models/ann/hidden/preupload/main', 404],
    ['POST', '/api/models/ann/m/preupload/main', 403],
    ['POST', '/api/models/ann/m/commit/main', 403],
    ['POST', '/api/models/ann/m/preupload/main?create_pr=1', 501],
    ['POST', '/api/models/ann/m/branch/x', 403],
    ['POST', '/api/models/ann/m/tag/main', 403],
    ['POST', '/api/models/ann/m/super-squash/main', 403],
    ['PUT', '/api/models/ann/m/settings', 403],
    ['POST', '/api/models/ann/hidden/lfs-files/duplicate', 404],
    ['POST', '/no/such.git/info/lfs/objects/verify', 404],
    ['POST', '/no/such.git/git-upload-pack', 404],
    ['PUT', '/api/users/ann/settings', 403],
    ['PUT', '/api/users/ann/avatar', 403],
    ['PUT', '/api/users/nobody/settings', 404],
    ['PUT', '/api/organizations/acme/settings', 403],
    ['PUT', '/api/organizations/acme/members/bob', 403],
    ['POST', '/api/nothing', 404],
    ['POST', '/nothing', 404],
  ])('to an account without the right for %s %s', async (method, path, status) => {
    expect(await statusWithoutBody(method, path, bob.headers)).toBe(status);
  });
});

/** OAuth's errors have a code and a description. */
function errorOf(response: HttpResponse): string {
  const { error, error_description: description } = response.json() as { error: string; error_description?: string };
  return description ?? error;
}
const post = (path: string, body: string, user?: TestUser): Promise<HttpResponse> =>
  sendRequest(hub.url, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...user?.headers },
  });

describe('a body beyond the limits of its route is refused', () => {
  const preupload = '/api/models/ann/m/preupload/main';
  it.each([
    ['elements', preupload, `{"files":[${'{},'.repeat(200_000)}{}]}`, 413, 'more than 6000 fields and list items'],
    ['fields of one object', '/api/auth/register', objectOf(900), 400, 'more than 100 fields'],
    ['depth', '/api/auth/register', `{"a":${'['.repeat(100)}1${']'.repeat(100)}}`, 400, 'at most 20 levels'],
    ['length of a text', preupload, `{"gitIgnore":"${'a'.repeat(300_000)}"}`, 413, 'a text of more than 262144 bytes'],
    ['size', '/api/repos/create', `{"name":"${'a'.repeat(1_100_000)}"}`, 413, 'longer than the limit of 1048576 bytes'],
    ['an array', '/api/auth/register', '[]', 400, 'must be a JSON object'],
    ['a text', '/api/auth/register', '"a"', 400, 'must be a JSON object'],
    ['broken JSON', '/api/auth/register', '{"a"', 400, 'not valid JSON'],
  ])('%s', async (_, path, body, status, error) => {
    const response = await post(path, body, ann);
    expect([response.status, errorOf(response)]).toEqual([status, expect.stringContaining(error)]);
  });

  it('bytes that are not UTF-8', async () => {
    const response = await sendRequest(hub.url, '/api/auth/login', {
      method: 'POST',
      body: Buffer.from('{"username":"\xff"}', 'latin1'),
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, errorOf(response)]).toEqual([400, 'The body is not valid UTF-8.']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'the content type %s',
    async (type) => {
      const response = await sendRequest(hub.url, '/api/auth/login', {
        method: 'POST',
        body: '{"username":"ann","password":"x"}',
        headers: { 'content-type': type },
      });
      expect([response.status, errorOf(response)]).toEqual([
        415,
        `Content-Type ${type} is not supported. Send application/json.`,
      ]);
    },
  );

  it('the smaller size for anonymous callers, who learn that accounts may send more', async () => {
    const content = 'a'.repeat(600_000);
    const anonymous = await post('/api/validate-yaml', JSON.stringify({ content }));
    expect([anonymous.status, errorOf(anonymous)]).toEqual([
      413,
      'The request body is longer than the limit of 524288 bytes. Sign in to send up to 10485760 bytes.',
    ]);
    expect((await post('/api/validate-yaml', JSON.stringify({ content }), ann)).status).toBe(200);
  });
});

const parsed = withBody.filter(
  ([name, { callers, body }]) =>
    isParsed(body) && callers !== 'link' && callers !== 'session' && name !== 'invitations.register', // checks its link first
);

describe('JSON that is nested too deeply is refused', () => {
  it.each(parsed)('for %s', async (_, row) => {
    const { limits } = row.body as ParsedBody;
    const response = await sendRequest(hub.url, urlOf(row), {
      method: row.method,
      body: `{"a":${'['.repeat(limits.depth + 1)}${']'.repeat(limits.depth + 1)}}`,
      headers: { 'content-type': 'application/json', 'x-admin-token': hub.adminToken, ...ann.headers },
    });
    expect([response.status, errorOf(response)]).toEqual([400, expect.stringContaining('nested too deeply')]);
  });
});

describe('a body within the limits of its route', () => {
  it('with many invalid fields gets the first 20 problems', async () => {
    const response = await post('/api/models/ann/m/preupload/main', `{"files":[${'{},'.repeat(999)}{}]}`, ann);
    const { fields, error, detail } = response.json() as { fields: object[]; error: string; detail: string };
    expect([response.status, fields.length]).toEqual([400, 20]);
    expect(error).toMatch(/^Validation failed\. .* And \d+ more\.$/);
    expect(detail).toMatch(/^Only the first 20 problems are listed, and \d+ more were found\.$/); // the rest of the list is not validated
  });

  it.each(['application/json; charset=UTF-8', 'application/json;charset="utf-8"', 'application/vnd.git-lfs+json'])(
    'is read with the content type %s',
    async (type) => {
      const response = await sendRequest(hub.url, '/api/validate-yaml', {
        method: 'POST',
        body: '{"content":"# é"}',
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(200);
    },
  );

  it('may be empty if no field is required', async () => {
    const path = '/api/models/ann/m/branch/empty';
    expect((await sendRequest(hub.url, path, { method: 'POST', headers: ann.headers })).status).toBe(200);
  });
});

function objectOf(keys: number): string {
  return `{${Array.from({ length: keys }, (_, n) => `"k${n}":1`).join()}}`;
}

describe('a client that waits for 100 Continue', () => {
  const request = (headers: Readonly<Record<string, string>>, body: string): string =>
    [
      'POST /api/repos/create HTTP/1.1',
      'host: hub',
      'content-type: application/json',
      `content-length: ${body.length}`,
      'expect: 100-continue',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      '',
    ].join('\r\n');

  it('is refused before it sends the body, and the connection is closed', async () => {
    const received = await rawHttp(hub.url, request({}, '{"name":"x"}'));
    expect(received).toMatch(/^HTTP\/1\.1 401 /);
    expect(received).toMatch(/^connection: close/im);
  });

  it('gets it when the hub reads the body', async () => {
    const body = '{"name":"waited"}';
    const received = await rawHttp(hub.url, request({ ...ann.headers, connection: 'close' }, body) + body);
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});
