import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GitFixture } from '../support/git-fixture.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';

let fixture: GitFixture;
const send = (path: string, options?: RequestOptions): Promise<HttpResponse> =>
  sendRequest(fixture.hub.url, path, options);

beforeAll(async () => {
  fixture = await GitFixture.start();
  await fixture.commit(await fixture.createRepo('first'), { 'dir/a.txt': 'content' });
});
afterAll(() => fixture.close());

it('repeated slashes before the path of a file are one slash', async () => {
  expect((await send('//api/whoami-v2', { headers: fixture.alice.headers })).json()).toMatchObject({ name: 'alice' });
  expect((await send('//api//models/alice/first')).json()).toMatchObject({ id: 'alice/first' });
  expect((await send('//alice/first/resolve/main/dir/a.txt')).body.toString()).toBe('content');
  expect((await send('//api/models//alice/first/tree/main')).status).toBe(200);
  expect((await send('//alice/first.git/info/refs?service=git-upload-pack')).status).toBe(200);
});

it.each([
  '/api/models/alice/first/',
  '/api/models/alice/first/revision/main/',
  '/api/models/alice/first/tree/main/',
  '/api/models/alice/first/tree/main/dir/',
  '/api/models/alice/first/refs/',
  '/api/models/alice/first/commits/main/',
  '/api/models/alice/first/discussions/',
  '/api/models/alice/first/likers/',
  '/api/models/alice/first/?expand=sha',
  '/api/models/',
  '/api/users/alice/overview/',
  '/api/version/',
])('a trailing slash is ignored in the API: %s', async (path) => {
  const response = await send(path);
  expect(response.status).toBe(200);
  expect(response.json()).toEqual((await send(path.replace(/\/(?=$|\?)/, ''))).json());
});

it('a trailing slash is ignored in writes to the API, but not in the path of a file', async () => {
  const { headers } = fixture.alice;
  const create = await send('/api/repos/create/', { method: 'POST', headers, json: { name: 'slash' } });
  expect(create.status).toBe(200);
  const settings = { method: 'PUT', headers, json: { private: true } } as const;
  expect((await send('/api/models/alice/slash/settings/', settings)).status).toBe(200);
  for (const path of ['/alice/first/resolve/main/dir/a.txt/', '/api/models/alice/first/resolve/main/dir/a.txt/'])
    expect((await send(path)).status).toBe(400);
});

it('git clones from a URL with repeated slashes', async () => {
  await fixture.clone('//alice/first', 'clone');
  await fixture.expectValidClone('clone');
});

it('repeated slashes in the path of a file are refused', async () => {
  for (const path of ['/alice/first/resolve/main/dir//a.txt', '//alice/first/raw/main//dir/a.txt'])
    expect({ path, status: (await send(path)).status }).toEqual({ path, status: 400 });
});

it('request bodies are parsed, and other origins cannot read the admin API', async () => {
  const body = await send('//api/models/alice/first/paths-info/main', {
    method: 'POST',
    json: { paths: ['dir/a.txt'] },
  });
  expect(body.json()).toMatchObject([{ path: 'dir/a.txt', size: 7 }]);
  const admin = await send('//admin/api/accounts');
  expect(admin.status).toBe(401);
  expect(admin.headers).not.toHaveProperty('access-control-allow-origin');
});

it('a moved repository redirects within the hub', async () => {
  const json = { fromRepo: 'alice/first', toRepo: 'alice/second', type: 'model' };
  expect((await send('//api/repos/move', { method: 'POST', headers: fixture.alice.headers, json })).status).toBe(200);
  const { status, headers } = await send('//alice//first/resolve/main/dir/a.txt');
  expect({ status, location: headers['location'] }).toEqual({
    status: 307,
    location: '/alice/second/resolve/main/dir/a.txt',
  });
});

it.each([
  '//evil.example/x',
  '//evil.example',
  '///evil.example/%2e%2e',
  '/\\evil.example/x',
  '//assets//evil.example/',
])('%s does not redirect to another host', async (path) => {
  for (const accept of ['*/*', 'text/html'])
    expect((await send(path, { headers: { accept } })).headers).not.toHaveProperty('location');
});
