import { startHub, type RunningHub } from '../support/hub-app.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let head: string;

const send = (path: string, options: RequestOptions): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { ...options, headers: { ...alice.headers, ...options.headers } });
const post = (path: string, json: unknown): Promise<HttpResponse> => send(path, { method: 'POST', json });
const commit = (body: string): Promise<HttpResponse> =>
  send('/api/models/alice/m/commit/main', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-ndjson' },
  });
const statusOf = async (path: string): Promise<number> => (await send(path, {})).status;
const errorOf = (response: HttpResponse) => {
  const { error, fields } = response.json() as { error: string; fields?: { field: string }[] };
  return { status: response.status, error, field: fields?.[0]?.field };
};

const OID = 'a'.repeat(64);
const OBJECT = { oid: OID, size: 1 };

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
  await createTestUser(hub, 'bob');
  await createTestOrganization(hub, 'acme', { alice: 'admin' });
  await post('/api/repos/create', { name: 'm' });
  head = ((await send('/api/models/alice/m', {})).json() as { sha: string }).sha;
});
afterAll(() => hub.close());

describe('fields of features that the hub does not have', () => {
  it.each<[string, unknown, string]>([
    ['resourceGroupId', '64d0c0ffee', 'model'],
    ['secrets', [{ key: 'TOKEN', value: 'hidden' }], 'space'],
    ['variables', [{ key: 'MODE', value: 'on' }], 'space'],
    ['volumes', [{ type: 'model', source: 'a/b', mountPath: '/data' }], 'space'],
    ['hardware', 't4-small', 'space'],
    ['storageTier', 'small', 'space'],
    ['sleepTimeSeconds', 3600, 'space'],
    ['template', 'huggingface/some-template', 'space'],
    ['region', 'eu', 'model'],
    ['visibility', 'protected', 'space'],
  ])('creating a repository with %s is refused, and no repository is created', async (field, value, type) => {
    const name = `no-${field}-${type}`;
    const response = await post('/api/repos/create', { name, type, sdk: 'gradio', [field]: value });
    expect(errorOf(response)).toEqual({
      status: 501,
      error: expect.stringMatching(new RegExp(`^This hub does not .*"${field}"`)) as string,
      field,
    });
    expect(response.body.toString()).not.toContain('hidden');
    expect(await statusOf(`/api/${type}s/alice/${name}`)).toBe(404);
  });

  it.each<[string, object]>([
    ['orgMembersGated', { orgMembersGated: true }],
    ['visibility', { visibility: 'protected' }],
    ['xetEnabled', { xetEnabled: false }],
    ['discussionsDisabled', { discussionsDisabled: false }],
  ])('changing the setting %s is refused, and nothing is changed', async (field, body) => {
    const response = await send('/api/models/alice/m/settings', { method: 'PUT', json: { private: true, ...body } });
    expect(errorOf(response)).toMatchObject({ status: 501, field });
    expect((await sendRequest(hub.url, '/api/models/alice/m')).status).toBe(200);
  });

  it.each<[string, object]>([
    ['older Python clients', { name: 'p1', organization: null, private: false, type: 'model', lfsmultipartthresh: 1 }],
    ['newer Python clients', { name: 'p2', organization: 'acme', visibility: 'private', type: 'space', sdk: 'docker' }],
    ['@huggingface/hub', { name: 'p3', organization: 'alice', visibility: 'public', type: 'space', sdk: 'static' }],
    [
      'clients that state the defaults',
      { name: 'p4', type: 'space', sdk: 'gradio', hardware: 'cpu-basic', gated: false },
    ],
    [
      'clients that send empty values',
      { name: 'p5', secrets: [], variables: null, resourceGroupId: null, template: '' },
    ],
  ])('the fields that %s send by default are accepted', async (_client, body) => {
    expect((await post('/api/repos/create', body)).status).toBe(200);
  });

  it('settings that state how the hub works are accepted', async () => {
    const json = { gated: false, discussionsDisabled: true, xetEnabled: true, private: false };
    const response = await send('/api/models/alice/m/settings', { method: 'PUT', json });
    expect([response.status, response.json()]).toEqual([200, { ...json, visibility: 'public' }]);
  });

  it.each<[string, object, RegExp]>([
    ['of a model', { name: 'sdk', sdk: 'gradio' }, /^Only spaces have an SDK\. Omit "sdk"/],
    ['of a dataset', { name: 'sdk', type: 'dataset', sdk: 'static' }, /^Only spaces have an SDK\./],
    ['that does not exist', { name: 'sdk', type: 'space', sdk: 'bogus' }, /must be one of gradio, streamlit, docker/],
  ])('an SDK %s is refused', async (_what, body, message) => {
    const { status, error } = errorOf(await post('/api/repos/create', body));
    expect({ status, error }).toEqual({ status: 400, error: expect.stringMatching(message) as string });
    for (const type of ['models', 'datasets', 'spaces']) expect(await statusOf(`/api/${type}/alice/sdk`)).toBe(404);
  });
});

describe('unknown fields of write requests are refused and named', () => {
  const named = { name: 'm', organization: 'alice' };
  it.each<[string, string, string, object]>([
    ['create a repository', 'POST', '/api/repos/create', { name: 'unknown' }],
    ['delete a repository', 'DELETE', '/api/repos/delete', named],
    ['move a repository', 'POST', '/api/repos/move', { fromRepo: 'alice/m', toRepo: 'alice/moved' }],
    ['change settings', 'PUT', '/api/models/alice/m/settings', { private: true }],
    ['create a branch', 'POST', '/api/models/alice/m/branch/unknown', {}],
    ['create a tag', 'POST', '/api/models/alice/m/tag/main', { tag: 'unknown' }],
    ['squash', 'POST', '/api/models/alice/m/super-squash/main', { message: 'x' }],
    ['preupload', 'POST', '/api/models/alice/m/preupload/main', { files: [] }],
    ['LFS batch', 'POST', '/alice/m.git/info/lfs/objects/batch', { operation: 'upload', objects: [] }],
    ['LFS verify', 'POST', '/alice/m.git/info/lfs/objects/verify', OBJECT],
    [
      'copy large files',
      'POST',
      '/api/models/alice/m/lfs-files/duplicate',
      { target: { type: 'model', name: 'alice/m' }, files: [] },
    ],
    ['create an organization', 'POST', '/org/create', { name: 'unknown' }],
    ['sign up', 'POST', '/api/auth/register', { username: 'unknown', password: 'long enough' }],
    ['sign in', 'POST', '/api/auth/login', { username: 'alice', password: 'x' }],
  ])('%s', async (_case, method, path, body) => {
    const response = await send(path, { method: method as 'POST', json: { ...body, resource_group_id: 'x' } });
    expect(errorOf(response)).toEqual({
      status: 400,
      error: expect.stringMatching(
        /^Validation failed\. Unknown field "resource_group_id"\. The known fields are: \w/,
      ) as string,
      field: 'resource_group_id',
    });
    expect(await statusOf('/api/models/alice/m/revision/unknown')).toBe(404);
    expect(await statusOf('/api/models/alice/unknown')).toBe(404);
    expect((await sendRequest(hub.url, '/api/models/alice/m')).json()).toMatchObject({ sha: head, private: false });
  });

  it.each<[string, string, object]>([
    ['files.0.mode', '/api/models/alice/m/preupload/main', { files: [{ path: 'a', size: 1, sample: '', mode: 'x' }] }],
    [
      'target.branch',
      '/api/models/alice/m/lfs-files/duplicate',
      { target: { type: 'model', name: 'alice/m', branch: 'x' }, files: [] },
    ],
    [
      'ref.sha',
      '/alice/m.git/info/lfs/objects/batch',
      { operation: 'upload', objects: [], ref: { name: 'main', sha: 'x' } },
    ],
  ])('also the nested field %s', async (field, path, body) => {
    expect(errorOf(await post(path, body))).toMatchObject({ status: 400, field });
  });

  it.each<[string, string]>([
    ['Line 1: "parentCommits" ', commitBody('x').replace('"description"', '"parentCommits"')],
    ['Line 2: "executable" ', commitBody('x', ['file', { path: 'a', content: '', executable: true }])],
    ['Line 2: "xetHash" ', commitBody('x', ['lfsFile', { path: 'a', oid: OID, xetHash: OID }])],
    ['Line 2: "recursive" ', commitBody('x', ['deletedFile', { path: '.gitattributes', recursive: true }])],
    [
      'Line 2: "comment" ',
      `${commitBody('x')}${JSON.stringify({ key: 'file', value: { path: 'a', content: '' }, comment: 1 })}`,
    ],
  ])('also in a commit: %s', async (message, body) => {
    const { status, error } = errorOf(await commit(body));
    expect({ status, error }).toEqual({ status: 400, error: expect.stringContaining(message) as string });
    expect((await send('/api/models/alice/m', {})).json()).toMatchObject({ sha: head });
  });

  it('fields that clients send are accepted', async () => {
    const files = [{ path: 'a', size: 1, sample: 'YQ==', sha: OID }];
    expect((await post('/api/models/alice/m/preupload/main', { files, gitAttributes: '' })).status).toBe(200);
    const batch = {
      operation: 'upload',
      transfers: ['basic'],
      objects: [OBJECT],
      hash_algo: 'sha_256',
      ref: { name: 'main' },
    };
    expect((await post('/alice/m.git/info/lfs/objects/batch', batch)).status).toBe(200);
    expect((await commit(commitBody('x', fileLine('a', 'a')))).status).toBe(200);
  });
});
