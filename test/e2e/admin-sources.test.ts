import { adminClient, type AdminClient } from '../support/admin-client.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

const environment = [
  { name: 'Env', url: 'https://env.example', source_type: 'kohakuhub', token: 'env-secret', priority: 50 },
];
const setting = { name: 'Hub', url: 'https://Hub.example/', source_type: 'huggingface' };

describe('the admin API: sources', () => {
  let hub: RunningHub;
  let admin: AdminClient;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(environment) } });
    admin = adminClient(hub);
  });
  afterAll(() => hub.close());
  beforeEach(() => admin('PUT', '/fallback/sources-bulk-replace', { sources: [] }));

  const create = async (more: object = {}): Promise<{ id: number }> =>
    (await admin('POST', '/fallback-sources', { ...setting, ...more })).body as { id: number };

  test('the response to a new source has all fields except the token', async () => {
    const { status, body, text } = await admin('POST', '/fallback-sources', { ...setting, token: 'hf_secret' });
    expect(status).toBe(201);
    expect(text).not.toContain('hf_secret');
    expect(body).toEqual({
      id: expect.any(Number),
      name: 'Hub',
      url: 'https://hub.example',
      source_type: 'huggingface',
      priority: 100,
      namespace: '',
      enabled: true,
      require_auth: false,
      delivery: 'redirect',
      rules: [],
      xet: null,
      on_error: 'next',
      include: [],
      exclude: [],
      timeout_seconds: null,
      max_bytes_per_second: null,
      fresh_seconds: null,
      offline: false,
      has_token: true,
      has_basic_auth: false,
      has_headers: false,
      has_client_certificate: false,
      origin: 'database',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await admin('GET', `/fallback-sources/${(body as { id: number }).id}`)).body).toEqual(body);
  });

  test('the list is in the order in which sources are tried, and never includes a token', async () => {
    await create({ name: 'Late', token: 'hf_secret' });
    await create({ name: 'Early', priority: 1, enabled: false, namespace: 'acme' });
    const { body, text } = await admin('GET', '/fallback-sources');
    expect(body).toMatchObject([
      { name: 'Early', origin: 'database' },
      { id: 'env:1', name: 'Env', origin: 'env', has_token: true, created_at: null },
      { name: 'Late', has_token: true },
    ]);
    expect(text).not.toMatch(/secret|"token"/);
  });

  test.each([
    ['?namespace=ACME', ['Own']],
    ['?namespace=', ['Env', 'All']],
    ['?enabled=true', ['Env', 'All']],
    ['?enabled=false', ['Own']],
    ['?enabled=', ['Env', 'All', 'Own']],
    ['?namespace=acme&enabled=true', []],
  ])('the list can be filtered: %s', async (query, names) => {
    await create({ name: 'All' });
    await create({ name: 'Own', namespace: 'acme', enabled: false });
    const { body } = await admin('GET', `/fallback-sources${query}`);
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(names);
  });

  test('an update can have any subset of the fields; null clears the token', async () => {
    const { id } = await create({ token: 'hf_secret' });
    const change = async (fields: object): Promise<unknown> =>
      (await admin('PUT', `/fallback-sources/${id}`, fields)).body;
    expect(await change({ priority: 7, namespace: 'acme' })).toMatchObject({
      priority: 7,
      namespace: 'acme',
      has_token: true,
    });
    expect(await change({})).toMatchObject({ priority: 7, has_token: true });
    expect(await change({ token: null })).toMatchObject({ has_token: false });
  });

  test('a timeout beyond the deadline of a request is refused, since it would have no effect', async () => {
    const { id } = await create({ name: 'Slow', timeout_seconds: 20 });
    const message = 'Must be at most 20, the deadline of a whole request (KOHAKU_HUB_FALLBACK_DEADLINE)';
    const refused = (field: string) => ({ status: 400, body: { fields: [{ field, message }] } });
    const slower = { ...setting, name: 'Slower', timeout_seconds: 21 };
    expect(await admin('POST', '/fallback-sources', slower)).toMatchObject(refused('timeout_seconds'));
    expect(await admin('PUT', `/fallback-sources/${id}`, slower)).toMatchObject(refused('timeout_seconds'));
    expect(
      await admin('PUT', '/fallback/sources-bulk-replace', { sources: [{ ...setting, name: 'Fast' }, slower] }),
    ).toMatchObject(refused('sources.1.timeout_seconds'));
  });

  test('a source can be deleted', async () => {
    const { id } = await create();
    expect(await admin('DELETE', `/fallback-sources/${id}`)).toMatchObject({
      status: 200,
      body: { success: true, message: 'Fallback source Hub deleted' },
    });
    expect((await admin('GET', `/fallback-sources/${id}`)).status).toBe(404);
  });

  test('a new order updates the priorities', async () => {
    const ids = [(await create({ name: 'A' })).id, (await create({ name: 'B' })).id];
    const { status, body } = await admin('PUT', '/fallback-sources/order', { ids: ids.reverse() });
    expect([status, body]).toMatchObject([
      200,
      [{ name: 'B', priority: 1 }, { name: 'A', priority: 2 }, { name: 'Env' }],
    ]);
  });

  test('stored sources can be ordered around one from the environment, within the range of priorities', async () => {
    const [a, b] = [(await create({ name: 'A' })).id, (await create({ name: 'B' })).id];
    const order = (ids: unknown[]) => admin('PUT', '/fallback-sources/order', { ids });
    const { body } = await order([b, 'env:1', a]);
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(['B', 'Env', 'A']);
    expect((await order([b, 'env:1', 'env:1', a])).status).toBe(400);
    expect((await order([b, 'env:2', a])).status).toBe(400);
  });

  test('a bulk replacement is all or nothing', async () => {
    await create({ name: 'Old' });
    const replace = (sources: object[]) => admin('PUT', '/fallback/sources-bulk-replace', { sources });
    expect(
      await replace([
        { ...setting, name: 'A' },
        { ...setting, name: 'B', url: 'nowhere' },
      ]),
    ).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'sources.1.url' }] },
    });
    expect(
      await replace([
        { ...setting, name: 'A' },
        { ...setting, name: 'A' },
      ]),
    ).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'sources.1.name' }] },
    });
    expect((await admin('GET', '/fallback-sources')).body).toMatchObject([{ name: 'Env' }, { name: 'Old' }]);
    expect(
      await replace([
        { ...setting, name: 'A' },
        { ...setting, name: 'B' },
      ]),
    ).toMatchObject({ status: 200, body: { success: true, replaced: 2, before: 1, after: 2 } });
  });

  test('the list of sources can be sent back, and keeps credentials', async () => {
    await create({ name: 'Token', token: 'hf_secret' });
    await create({ name: 'Basic', basic_auth: 'u:hf_secret', headers: { 'X-Key': 'hf_secret' }, timeout_seconds: 15 });
    const listed = (await admin('GET', '/fallback-sources')).body as object[];
    const { status, body } = await admin('PUT', '/fallback/sources-bulk-replace', { sources: listed });
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        replaced: 2,
        before: 2,
        after: 2,
        ignored: ['Env'],
        kept_credentials: [
          { name: 'Token', namespace: '', fields: ['token'] },
          { name: 'Basic', namespace: '', fields: ['basic_auth', 'headers'] },
        ],
        dropped_credentials: [],
      },
    ]);
    const { body: after, text } = await admin('GET', '/fallback-sources');
    const withoutChanging = (sources: object[]) =>
      sources.map((source) => ({ ...source, id: 0, created_at: '', updated_at: '' }));
    expect(withoutChanging(after as object[])).toEqual(withoutChanging(listed));
    expect(text).not.toContain('hf_secret');
    const [moved] = (after as { name: string }[]).filter(({ name }) => name === 'Token');
    const dropping = [{ ...moved, url: 'https://other.example' }];
    expect((await admin('PUT', '/fallback/sources-bulk-replace', { sources: dropping })).body).toMatchObject({
      dropped_credentials: [{ name: 'Token' }, { name: 'Basic' }],
    });
  });

  test('stored credentials exclude xet: pass, and the other way around', async () => {
    const source = await create({ name: 'Hub', token: 'hf_secret' });
    const change = (fields: object) => admin('PUT', `/fallback-sources/${source.id}`, fields);
    const refused = { fields: [{ field: 'xet', message: expect.stringContaining('without credentials') }] };
    expect(await change({ xet: 'pass' })).toMatchObject({ status: 400, body: refused });
    const listed = (await admin('GET', '/fallback-sources')).body as { id: unknown }[];
    const sources = listed.map((each) => ({ ...each, ...(each.id === source.id && { xet: 'pass' }) }));
    const replaced = await admin('PUT', '/fallback/sources-bulk-replace', { sources });
    expect(replaced).toMatchObject({ status: 400, body: { fields: [{ field: 'sources.0.xet' }] } });
    expect(await change({ xet: 'pass', token: null })).toMatchObject({ status: 200, body: { xet: 'pass' } });
    expect(await change({ token: 'hf_secret' })).toMatchObject({ status: 400, body: refused });
    expect(await change({ delivery: 'cache' })).toMatchObject({ status: 400, body: { fields: [{ field: 'xet' }] } });
    expect(await change({ xet: null, delivery: 'cache' })).toMatchObject({ status: 200, body: { xet: null } });
  });

  test('a source can be sent back with a change', async () => {
    const source = await create({ name: 'Hub', token: 'hf_secret' });
    const { status, body } = await admin('PUT', `/fallback-sources/${source.id}`, { ...source, priority: 7 });
    expect([status, body]).toMatchObject([200, { priority: 7, has_token: true }]);
  });

  test.each<[string, object, string[]]>([
    ['an empty body', {}, ['url', 'source_type']],
    ['an invalid URL', { ...setting, url: 'file:///etc/passwd' }, ['url']],
    ['a metadata address', { ...setting, url: 'http://169.254.169.254' }, ['url']],
    ['an unknown type', { ...setting, source_type: 'git' }, ['source_type']],
    ['a priority as a string', { ...setting, priority: '1' }, ['priority']],
    ['an unknown field', { ...setting, colour: 'red' }, ['colour']],
    [
      'several invalid fields',
      { ...setting, name: 'a\r\nb', delivery: 'pigeon', include: ['x y'] },
      ['name', 'delivery', 'include'],
    ],
    ['null instead of a boolean', { ...setting, enabled: null }, ['enabled']],
  ])('%s is refused with 400, and the fields are named', async (_, body, fields) => {
    const response = await admin('POST', '/fallback-sources', body);
    expect(response.status).toBe(400);
    const fieldErrors = (response.body as { fields: { field: string; message: string }[] }).fields;
    expect(fieldErrors.map(({ field }) => field).sort()).toEqual(fields.sort());
    expect(fieldErrors.every(({ message }) => message.length > 5)).toBe(true);
  });

  test('duplicate names and changes of sources from the environment are refused with 409', async () => {
    const { id } = await create();
    const other = await create({ name: 'Other' });
    const conflicts = [
      await admin('POST', '/fallback-sources', setting),
      await admin('PUT', `/fallback-sources/${other.id}`, { name: 'Hub' }),
      await admin('POST', '/fallback-sources', { ...setting, name: 'Env' }),
      await admin('PUT', '/fallback-sources/env:1', { enabled: false }),
      await admin('DELETE', '/fallback-sources/env:1'),
    ];
    expect(conflicts.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
    expect((await admin('PUT', `/fallback-sources/${id}`, { name: 'Hub' })).status).toBe(200);
  });

  test.each([
    ['GET', '/fallback-sources/99'],
    ['PUT', '/fallback-sources/99'],
    ['DELETE', '/fallback-sources/99'],
    ['POST', '/fallback-sources/99/test'],
    ['GET', '/fallback-sources/constructor'],
    ['GET', '/fallback-sources/env:2'],
  ])('%s %s returns 404 as JSON', async (method, path) => {
    const { status, body } = await admin(method, path, method === 'GET' || method === 'DELETE' ? undefined : {});
    expect([status, body]).toMatchObject([404, { error: expect.stringMatching(/Source .* does not exist/) }]);
  });

  test.each<[string, object, string]>([
    ['ids that are not a list', { ids: 1 }, 'ids'],
    ['ids that are not numbers', { ids: ['1'] }, 'ids'],
    ['missing ids', {}, 'ids'],
    ['an unknown id', { ids: [12345] }, 'ids'],
  ])('an order with %s is refused with 400', async (_, body, field) => {
    const response = await admin('PUT', '/fallback-sources/order', body);
    expect(response.status).toBe(400);
    expect((response.body as { fields: { field: string }[] }).fields[0]?.field).toBe(field);
  });

  test.each([
    ['GET', '/fallback-sources'],
    ['POST', '/fallback-sources'],
    ['GET', '/fallback-sources/env:1'],
    ['PUT', '/fallback-sources/env:1'],
    ['DELETE', '/fallback-sources/env:1'],
    ['PUT', '/fallback-sources/order'],
    ['PUT', '/fallback/sources-bulk-replace'],
    ['POST', '/fallback-sources/test'],
    ['POST', '/fallback-sources/env:1/test'],
    ['GET', '/fallback-sources/health'],
    ['GET', '/fallback-sources/cache/stats'],
    ['DELETE', '/fallback-sources/cache/clear'],
    ['DELETE', '/fallback-sources/cache/repo/model/a/b'],
    ['POST', '/fallback/test/simulate'],
  ])('%s %s requires the admin token', async (method, path) => {
    const missing = await fetch(`${hub.url}/admin/api${path}`, { method });
    expect([missing.status, await missing.json()]).toMatchObject([401, { error: expect.any(String) }]);
  });

  test('a wrong admin token is refused with 403', async () => {
    const response = await fetch(`${hub.url}/admin/api/fallback-sources`, { headers: { 'x-admin-token': 'wrong' } });
    expect(response.status).toBe(403);
  });
});
