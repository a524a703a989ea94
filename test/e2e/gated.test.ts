import { pktLine, FLUSH } from '../../src/repos/git/pkt-line.js';
import { REPOSITORY_ROUTES } from '../../src/platform/http/routes/repository-routes.js';
import { REGISTRY_ROUTES } from '../../src/platform/http/routes/registry-routes.js';
import { TRANSFER_ROUTES } from '../../src/platform/http/routes/transfer-routes.js';
import { XetIds } from '../../src/repos/xet/xet-ids.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { AccountStore } from '../../src/users/account.store.js';
import { adminClient } from '../support/admin-client.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';
import { XetReader } from '../support/xet-reader.js';

const REPO = 'lab/gated';
const LARGE = Buffer.alloc(20_000, 'large file ');
const GGUF = 'GGUF';
const RULES = '*.bin filter=lfs diff=lfs merge=lfs -text\n';

type Headers = Readonly<Record<string, string>>;
/** The result of a read: `open` for the content, otherwise the status and `X-Error-Code`. */
type Outcome = string;

let hub: RunningHub;
let headersOf: Record<string, Headers>;
let commit: string;
let users: Record<'alice' | 'mia' | 'sam' | 'rita' | 'gina' | 'rob', TestUser>;

const send = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const requests = (action: string, json: object) =>
  send(`/api/models/${REPO}/user-access-request/${action}`, { method: 'POST', json, headers: users.alice.headers });
const ask = ({ headers }: TestUser) => send(`/${REPO}/ask-access`, { method: 'POST', json: {}, headers });
const expectStatus = async (response: Promise<HttpResponse>, status: number) => {
  const { status: actual, body } = await response;
  expect([actual, body.toString()]).toEqual([status, expect.anything()]);
};

beforeAll(async () => {
  hub = await startHub({ env: { KOHAKU_HUB_XET_THRESHOLD: '10000' } });
  const names = ['alice', 'mia', 'sam', 'rita', 'gina', 'rob'] as const;
  const created = await Promise.all(names.map(async (name) => [name, await createTestUser(hub, name)] as const));
  users = Object.fromEntries(created) as typeof users;
  const { alice } = users;
  await createTestOrganization(hub, 'lab', { alice: 'admin', mia: 'read' });
  await createTestOrganization(hub, 'copies', {
    alice: 'admin',
    mia: 'admin',
    sam: 'admin',
    rita: 'admin',
    gina: 'admin',
    rob: 'admin',
  });
  await expectStatus(
    send('/api/repos/create', {
      method: 'POST',
      headers: alice.headers,
      json: { name: 'gated', organization: 'lab', gated: 'manual' },
    }),
    200,
  );
  await expectStatus(
    send('/api/repos/create', {
      method: 'POST',
      headers: alice.headers,
      json: { name: 'target', organization: 'copies' },
    }),
    200,
  );
  expect((await new LfsClient(hub, REPO, alice).upload(LARGE)).status).toBe(200);
  const { oid, size } = lfsObject(LARGE);
  const body = commitBody(
    'add',
    fileLine('.gitattributes', RULES),
    fileLine('README.md', '# The card\n'),
    fileLine('docs/README.md', '# Not the card\n'),
    fileLine('config.json', '{}'),
    fileLine('tiny.Q4_K_M.gguf', GGUF),
    ['lfsFile', { path: 'large.bin', algo: 'sha256', oid, size }],
  );
  const type = { 'content-type': 'application/x-ndjson' };
  const committed = await send(`/api/models/${REPO}/commit/main`, {
    method: 'POST',
    body,
    headers: { ...alice.headers, ...type },
  });
  commit = (committed.json() as { commitOid: string }).commitOid;
  for (const user of [users.rita, users.rob]) await expectStatus(ask(user), 303);
  await expectStatus(requests('grant', { user: 'gina' }), 200);
  await expectStatus(
    requests('handle', { user: 'rob', status: 'rejected', rejectionReason: 'Please use your work account.' }),
    200,
  );
  headersOf = {
    anonymous: {},
    stranger: users.sam.headers,
    requested: users.rita.headers,
    rejected: users.rob.headers,
    granted: users.gina.headers,
    member: users.mia.headers,
    owner: alice.headers,
    administrator: { 'x-admin-token': hub.adminToken },
  };
}, 60_000);
afterAll(() => hub.close());

const outcomeOf = ({ status, headers }: HttpResponse): Outcome =>
  status < 400 ? 'open' : `${status} ${headers['x-error-code'] ?? ''}`.trim();
const get =
  (path: string, more: RequestOptions = {}) =>
  async (headers: Headers): Promise<Outcome> =>
    outcomeOf(await send(path, { ...more, headers: { ...headers, ...more.headers } }));

async function xetRead(headers: Headers): Promise<Outcome> {
  const token = await send(`/api/models/${REPO}/xet-read-token/main`, { headers });
  if (token.status !== 200) return outcomeOf(token);
  const xet = await XetReader.of(hub.url, `models/${REPO}`, headers);
  const content = await xet.read(hub.app.get(XetIds, { strict: false }).fileId(lfsObject(LARGE).oid));
  return content.equals(LARGE) ? 'open' : 'wrong bytes';
}

async function lfsRead(headers: Headers): Promise<Outcome> {
  const json = { operation: 'download', objects: [lfsObject(LARGE)] };
  const batch = await send(`/${REPO}.git/info/lfs/objects/batch`, { method: 'POST', headers, json });
  if (batch.status !== 200) return outcomeOf(batch);
  const { objects } = batch.json() as Awaited<ReturnType<LfsClient['batch']>>;
  const { body } = await follow(hub, objects[0]!.actions!.download!.href);
  return body.equals(LARGE) ? 'open' : 'wrong bytes';
}

async function gitFetch(headers: Headers): Promise<Outcome> {
  const body = Buffer.concat([pktLine(`want ${commit} side-band-64k\n`), FLUSH, pktLine('done\n')]);
  const response = await send(`/${REPO}.git/git-upload-pack`, { method: 'POST', headers, body });
  if (response.status !== 200) return outcomeOf(response);
  return response.body.includes('PACK') ? 'open' : 'no pack';
}

/** Anonymous clients of registries get a challenge, without `X-Error-Code`. */
const registry =
  (path: string) =>
  async (headers: Headers): Promise<Outcome> => {
    const response = await send(`/v2/${REPO}/${path}`, { headers });
    if (response.status !== 401) return outcomeOf(response);
    return response.headers['www-authenticate'] === undefined ? 'no challenge' : '401 GatedRepo';
  };

/** All ways to read the content. Each has the row of the table of routes to which it belongs. */
const CONTENT: Readonly<Record<string, readonly [route: string, read: (headers: Headers) => Promise<Outcome>]>> = {
  'GET a file': ['repositories.read', get(`/${REPO}/resolve/main/config.json`)],
  'HEAD a file': ['repositories.read', get(`/${REPO}/resolve/main/config.json`, { method: 'HEAD' })],
  'GET a file of the API': ['repositories.read', get(`/api/models/${REPO}/resolve/main/config.json`)],
  'GET a file in a folder': ['repositories.read', get(`/${REPO}/resolve/main/docs/README.md`)],
  'GET .gitattributes': ['repositories.read', get(`/${REPO}/resolve/main/.gitattributes`)],
  'GET a file by its commit': [
    'repositories.read',
    (headers) => get(`/api/resolve-cache/models/${REPO}/${commit}/config.json`)(headers),
  ],
  'GET a large file': ['repositories.read', get(`/${REPO}/resolve/main/large.bin`)],
  'GET a range': ['repositories.read', get(`/${REPO}/resolve/main/large.bin`, { headers: { range: 'bytes=0-9' } })],
  'GET a file with its ETag': [
    'repositories.read',
    get(`/${REPO}/resolve/main/large.bin`, { headers: { 'if-none-match': `"${lfsObject(LARGE).oid}"` } }),
  ],
  'GET a raw file': ['repositories.read', get(`/${REPO}/raw/main/config.json`)],
  'GET a pointer': ['repositories.read', get(`/${REPO}/raw/main/large.bin`)],
  'list commits': ['repositories.read', get(`/api/models/${REPO}/commits/main`)],
  'compare commits': [
    'repositories.compare',
    (headers) => get(`/api/models/${REPO}/compare/${commit}..main?raw=true`)(headers),
  ],
  'check access': ['repositories.checkRead', get(`/api/models/${REPO}/auth-check`)],
  'refs of git': ['git.refs', get(`/${REPO}.git/info/refs?service=git-upload-pack`)],
  'objects of git': ['git.uploadPack', gitFetch],
  'download over LFS': ['lfs.batch', lfsRead],
  'read over Xet': ['xet.readToken', xetRead],
  'manifest of a registry': ['registry.manifest', registry('manifests/latest')],
  'content of a registry': ['registry.blob', registry(`blobs/sha256:${sha256(Buffer.from(GGUF))}`)],
  'tags of a registry': ['registry.tags', registry('tags/list')],
};

/** Reads of what is public. */
const VISIBLE: Readonly<Record<string, (headers: Headers) => Promise<Outcome>>> = {
  info: get(`/api/models/${REPO}`),
  'info of a revision': get(`/api/models/${REPO}/revision/main?blobs=true`),
  tree: get(`/api/models/${REPO}/tree/main?recursive=true&expand=true`),
  'paths info': get(`/api/models/${REPO}/paths-info/main`, { method: 'POST', json: { paths: ['config.json'] } }),
  refs: get(`/api/models/${REPO}/refs`),
  discussions: get(`/api/models/${REPO}/discussions`),
  'own access': get(`/api/models/${REPO}/user-access-request`),
  card: get(`/${REPO}/resolve/main/README.md`),
  'raw card': get(`/${REPO}/raw/main/README.md`),
};

/** Rows that read no content of a repository, or only with what a row above has issued. Add new rows here or above. */
const NO_CONTENT =
  /^(?:lists|facets|tags|cards|commits|refs|likes|accessRequests|trustedPublishers)\.|^repositories\.(?:create|delete|move|changeSettings|duplicate|pathsInfo|checkWrite|usage|createDiscussion)$|^lfs\.(?:copy|verifyObject|locks|upload|uploadPart|complete|verify|download|files|deleteFiles?)$|^xet\.(?:token|reconstruction|reconstructionV2|xorbPart|xorb|shard)$|^registry\.(?:version|token|other|push|upload|delete)$/i;

const CALLERS: Readonly<Record<string, Outcome>> = {
  anonymous: '401 GatedRepo',
  stranger: '403 GatedRepo',
  requested: '403 GatedRepo',
  rejected: '403 GatedRepo',
  granted: 'open',
  member: 'open',
  owner: 'open',
  administrator: 'open',
};

describe('a gated repository', () => {
  it.each(Object.entries(CALLERS))('for a caller who is %s', async (caller, expected) => {
    const outcomes: [string, Outcome][] = [];
    for (const [name, [, read]] of Object.entries(CONTENT)) outcomes.push([name, await read(headersOf[caller]!)]);
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(Object.keys(CONTENT).map((name) => [name, expected])),
    );
    for (const [name, read] of Object.entries(VISIBLE))
      expect([name, await read(headersOf[caller]!)]).toEqual([name, 'open']);
  });

  it('is protected on every route that reads content', () => {
    const tested = new Set(Object.values(CONTENT).map(([route]) => route));
    const rows = Object.keys({ ...REPOSITORY_ROUTES, ...TRANSFER_ROUTES, ...REGISTRY_ROUTES });
    expect(rows.filter((row) => !tested.has(row) && !NO_CONTENT.test(row))).toEqual([]);
  });

  it('is not copied by callers without access', async () => {
    const copy = async (user: TestUser): Promise<Outcome> => {
      const json = {
        target: { type: 'model', name: 'copies/target' },
        files: [{ sha256: lfsObject(LARGE).oid, filename: 'x.bin' }],
      };
      return outcomeOf(
        await send(`/api/models/${REPO}/lfs-files/duplicate`, { method: 'POST', json, headers: user.headers }),
      );
    };
    expect(await copy(users.sam)).toBe('403 GatedRepo');
    expect(await copy(users.gina)).toBe('open');
    const duplicate = async ({ name, headers }: TestUser): Promise<Outcome> => {
      const json = { repository: `${name}/duplicate` };
      return outcomeOf(await send(`/api/models/${REPO}/duplicate`, { method: 'POST', headers, json }));
    };
    expect([await duplicate(users.sam), await duplicate(users.gina)]).toEqual(['403 GatedRepo', 'open']);
  });
});

describe('the reason', () => {
  const messageFor = async (caller: string, path = `/${REPO}/resolve/main/config.json`) => {
    const { headers, body } = await send(path, { headers: headersOf[caller]! });
    expect((JSON.parse(body.toString()) as { error: string }).error).toBe(headers['x-error-message']);
    return headers['x-error-message'];
  };

  it.each([
    [
      'anonymous',
      `Access to model ${REPO} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
    ],
    [
      'stranger',
      () =>
        `Access to model ${REPO} is restricted and you are not in the authorized list. Visit ${hub.url}/${REPO} to ask for access.`,
    ],
    ['requested', `Your request to access model ${REPO} is awaiting a review from the repo authors.`],
    [
      'rejected',
      `Your request to access model ${REPO} has been rejected by the repo's authors. Reason: Please use your work account.`,
    ],
  ] as const)('for a caller who is %s', async (caller, expected) => {
    expect(await messageFor(caller)).toBe(typeof expected === 'string' ? expected : expected());
  });

  it('is available to the page of the repository', async () => {
    const own = async (caller: string) =>
      (await send(`/api/models/${REPO}/user-access-request`, { headers: headersOf[caller]! })).json();
    expect(await own('anonymous')).toEqual({ hasAccess: false, status: null, reason: null });
    const reason = 'Please use your work account.';
    expect(await own('rejected')).toEqual({ hasAccess: false, status: 'rejected', reason });
    expect(await own('granted')).toEqual({ hasAccess: true, status: 'accepted', reason: null });
    expect(await own('member')).toEqual({ hasAccess: true, status: null, reason: null });
  });

  it('does not depend on whether a file exists', async () => {
    expect(await messageFor('requested', `/${REPO}/resolve/no-branch/nothing.bin`)).toContain('awaiting a review');
  });

  it('lets git and git-lfs ask for credentials', async () => {
    const git = await send(`/${REPO}.git/info/refs?service=git-upload-pack`);
    expect([git.status, git.headers['www-authenticate']]).toEqual([401, 'Basic realm="Access token"']);
    const json = { operation: 'download', objects: [lfsObject(LARGE)] };
    const batch = await send(`/${REPO}.git/info/lfs/objects/batch`, { method: 'POST', json });
    expect([batch.status, batch.headers['lfs-authenticate']]).toEqual([401, 'Basic realm="Git LFS"']);
    expect(batch.json()).toMatchObject({ message: expect.stringContaining('Please log in.') as string });
  });
});

describe('lists of files', () => {
  const hashes = async (headers: Headers): Promise<unknown[]> => {
    const tree = (await send(`/api/models/${REPO}/tree/main`, { headers })).json() as Record<string, unknown>[];
    const json = { paths: ['large.bin'] };
    const paths = await send(`/api/models/${REPO}/paths-info/main`, { method: 'POST', headers, json });
    const info = await send(`/api/models/${REPO}?blobs=true`, { headers });
    const { siblings } = info.json() as { siblings: { rfilename: string; lfs: { sha256: string } }[] };
    const entries = [tree.find(({ path }) => path === 'large.bin')!, (paths.json() as Record<string, unknown>[])[0]!];
    return [
      ...entries.flatMap(({ lfs, xetHash }) => [(lfs as { oid: string }).oid, xetHash !== undefined]),
      siblings.find(({ rfilename }) => rfilename === 'large.bin')!.lfs.sha256,
    ];
  };

  it('have the hashes of large files only for callers with access', async () => {
    const mreply = '*'.repeat(64);
    const { oid } = lfsObject(LARGE);
    expect(await hashes(users.sam.headers)).toEqual([mreply, false, mreply, false, mreply]);
    expect(await hashes(users.gina.headers)).toEqual([oid, true, oid, true, oid]);
  });
});

describe('the history of a gated repository', () => {
  it('is only listed for callers with access, but the last commit of each file is public, as on huggingface.co (ADR 70)', async () => {
    const { headers } = users.sam;
    const json = { paths: ['large.bin'], expand: true };
    const tree = await send(`/api/models/${REPO}/tree/main?expand=true`, { headers });
    const paths = await send(`/api/models/${REPO}/paths-info/main`, { method: 'POST', headers, json });
    for (const entry of [...(tree.json() as object[]), ...(paths.json() as object[])])
      expect(entry).toMatchObject({
        lastCommit: { id: expect.stringMatching(/^[0-9a-f]{40}$/), title: expect.any(String) },
      });
    const commits = await send(`/api/models/${REPO}/commits/main`, { headers });
    expect([commits.status, commits.headers['x-error-code']]).toEqual([403, 'GatedRepo']);
    const commit = (tree.json() as { lastCommit: { id: string } }[])[0]!.lastCommit.id;
    for (const range of [`${commit}..main`, commit])
      expect((await send(`/api/models/${REPO}/compare/${range}`, { headers })).status).toBe(403);
  });
});

describe('links and tokens that were issued', () => {
  it('stop working as soon as access is rejected', async () => {
    const tess = await createTestUser(hub, 'tess');
    await requests('grant', { user: 'tess' });
    const { href } = (await new LfsClient(hub, REPO, tess).batch('download', [LARGE])).objects[0]!.actions!.download!;
    const id = hub.app.get(XetIds, { strict: false }).fileId(lfsObject(LARGE).oid);
    const xet = await XetReader.of(hub.url, `models/${REPO}`, tess.headers);
    const { terms } = await xet.terms(id);
    const statuses = async () => [
      (await follow(hub, href)).status,
      (await xet.describe(id)).status,
      (await xet.part(terms[0]!)).status,
    ];
    expect(await statuses()).toEqual([200, 200, 206]);
    await requests('handle', { user: 'tess', status: 'rejected' });
    expect(await statuses()).toEqual([403, 403, 403]);
  });
});

interface Listed {
  readonly user: { readonly user: string; readonly email?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

const FORM = `---
extra_gated_fields:
  Company: text
  Country: country
  Date: date_picker
  Use:
    type: select
    options: [Research, { label: Other, value: other }]
  Location: ip_location
  I agree to the terms: checkbox
---
# Gated
`;
const ANSWERS = { Company: 'ACME', Country: 'FR', Date: '2000-12-31', Use: 'other', 'I agree to the terms': 'on' };

describe('access requests', () => {
  let repo: string;
  let count = 0;
  /** A new gated repository of alice. */
  const prepare = async (gated: 'auto' | 'manual' | false, card = '# Gated\n', type = 'model') => {
    const name = `requests-${++count}`;
    const { headers } = users.alice;
    const json = { name, type, gated };
    await expectStatus(send('/api/repos/create', { method: 'POST', headers, json }), 200);
    repo = `${type}s/alice/${name}`;
    const body = commitBody('add', fileLine('README.md', card), fileLine('config.json', '{}'));
    const type_ = { 'content-type': 'application/x-ndjson' };
    await expectStatus(
      send(`/api/${repo}/commit/main`, { method: 'POST', body, headers: { ...headers, ...type_ } }),
      200,
    );
  };
  const path = () => repo.replace(/^models\//, '');
  const askAs = ({ headers }: TestUser, json: unknown = {}) =>
    send(`/${path()}/ask-access`, { method: 'POST', headers, json });
  const review = (action: string, json: unknown, user = users.alice) =>
    send(`/api/${repo}/user-access-request/${action}`, { method: 'POST', headers: user.headers, json });
  const list = (status: string, query = '', user = users.alice) =>
    send(`/api/${repo}/user-access-request/${status}${query}`, { headers: user.headers });
  const names = async (status: string, query?: string) =>
    ((await list(status, query)).json() as Listed[]).map(({ user }) => user.user);
  const read = async ({ headers }: TestUser) =>
    outcomeOf(await send(`/${path()}/resolve/main/config.json`, { headers }));
  const settings = (json: object) =>
    send(`/api/${repo}/settings`, { method: 'PUT', headers: users.alice.headers, json });

  it('are accepted at once by a repository that is gated automatically', async () => {
    await prepare('auto', undefined, 'dataset');
    expect(await read(users.sam)).toBe('403 GatedRepo');
    const reply = await askAs(users.sam);
    expect([reply.status, reply.headers['location']]).toEqual([303, `${hub.url}/api/${repo}`]);
    const headers = { ...users.sam.headers, accept: 'text/html,*/*;q=0.8' };
    const page = await send(`/${path()}/ask-access`, { method: 'POST', headers, json: {} });
    expect([page.status, page.headers['location']]).toEqual([303, `${hub.url}/${path()}`]);
    expect(await read(users.sam)).toBe('open');
    expect(await names('accepted')).toEqual(['sam']);
    await review('handle', { user: 'sam', status: 'pending' });
    expect([await read(users.sam), await names('pending')]).toEqual(['403 GatedRepo', ['sam']]);
  });

  it('are reviewed by the authors', async () => {
    await hub.app.get(AccountStore, { strict: false }).change((await account('sam')).id, { email: 'sam@example.org' });
    await prepare('manual');
    await askAs(users.sam);
    const [pending] = (await list('pending')).json() as Listed[];
    expect(pending).toEqual({
      user: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
        user: 'sam',
        fullname: 'sam',
        avatarUrl: '',
        isPro: false,
        type: 'user',
        verifiedOrgNames: [],
        email: 'sam@example.org',
      },
      status: 'pending',
      timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    });
    expect((await review('handle', { userId: pending!.user['_id'], status: 'accepted' })).json()).toEqual({});
    expect(await read(users.sam)).toBe('open');
    const [accepted] = (await list('accepted')).json() as Listed[];
    expect(accepted).toMatchObject({ timestamp: pending!['timestamp'], grantedBy: { user: 'alice' } });
    expect(accepted!['reviewedAt']).toBeDefined();
    expect((await review('handle', { user: 'sam', status: 'accepted' })).status).toBe(404);
    expect((await review('grant', { user: 'sam' })).status).toBe(400);
  });

  it('can be repeated after a reset, but not after a rejection', async () => {
    await prepare('manual');
    await askAs(users.sam);
    await review('handle', { user: 'sam', status: 'rejected', rejectionReason: 'no' });
    expect((await askAs(users.sam)).status).toBe(303);
    expect(await names('rejected')).toEqual(['sam']);
    expect(((await list('rejected')).json() as Listed[])[0]).not.toHaveProperty('grantedBy');
    await review('handle', { user: 'sam', status: 'reset', resetReason: 'Read the terms again.' });
    const refused = await send(`/${path()}/resolve/main/config.json`, { headers: users.sam.headers });
    expect(refused.headers['x-error-message']).toBe(
      `Your request to access model ${path()} has been reset by the repo's authors. Reason: Read the terms again. ` +
        `Visit ${hub.url}/${path()} to submit a new request.`,
    );
    await askAs(users.sam);
    expect([await names('pending'), await names('reset')]).toEqual([['sam'], []]);
  });

  it('show no email address of a user who was given access without a request', async () => {
    await hub.app.get(AccountStore, { strict: false }).change((await account('sam')).id, { email: 'sam@example.org' });
    await prepare('manual');
    await review('grant', { user: 'sam' });
    const [granted] = (await list('accepted')).json() as Listed[];
    expect(granted!.user).toMatchObject({ user: 'sam' });
    expect(granted!.user).not.toHaveProperty('email');
  });

  it('can be withdrawn while they are pending', async () => {
    await prepare('manual');
    await askAs(users.sam);
    const withdraw = () =>
      send(`/api/${repo}/user-access-request/cancel`, { method: 'POST', headers: users.sam.headers });
    expect((await withdraw()).json()).toEqual({ ok: true });
    expect([(await withdraw()).status, await names('pending').catch(String)]).toEqual([404, []]);
    await askAs(users.sam);
    await review('handle', { user: 'sam', status: 'accepted' });
    expect([(await withdraw()).status, await names('accepted')]).toEqual([404, ['sam']]);
  });

  it('are decided together', async () => {
    await prepare('manual');
    for (const user of [users.sam, users.rita]) await askAs(user);
    const batch = { status: 'accepted', requests: [{ user: 'sam' }, { user: 'nobody' }, { user: 'rob' }] };
    expect((await review('batch', batch)).json()).toEqual([
      { user: 'sam', ok: true },
      { user: 'nobody', ok: false, error: 'user_not_found' },
      { user: 'rob', ok: false, error: 'request_not_found' },
    ]);
    expect((await review('batch', { status: 'accepted', requests: [{ user: 'sam' }] })).json()).toEqual([
      { user: 'sam', ok: true },
    ]);
    expect((await review('batch', { status: 'accepted', requests: [{ user: 'rita' }, {}] })).status).toBe(400);
    expect([await names('accepted'), await names('pending')]).toEqual([['sam'], ['rita']]);
  });

  it('have pages, searches and a report', async () => {
    await prepare('manual');
    const people = Array.from({ length: 12 }, (_, n) => `reader-${n + 10}`);
    for (const name of people) await askAs(await createTestUser(hub, name));
    const first = await list('pending', '?limit=10');
    expect((first.json() as Listed[]).map(({ user }) => user.user)).toEqual(people.slice(0, 10));
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(first.headers['link']!)!;
    const second = await send(next!.slice(hub.url.length), { headers: users.alice.headers });
    expect((second.json() as Listed[]).map(({ user }) => user.user)).toEqual(people.slice(10));
    expect(second.headers['link']).toBeUndefined();
    expect(await names('pending', '?q=READER-2')).toEqual(people.slice(10));
    const at = encodeURIComponent(((first.json() as Listed[])[5]!['timestamp'] as string) || '');
    expect((await names('pending', `?before=${at}`)).length).toBeLessThanOrEqual(5);
    for (const query of ['?limit=9', '?limit=1001', '?after=yesterday', '?cursor=x', '?q=%00'])
      expect([query, (await list('pending', query)).status]).toEqual([query, 400]);
    const report = await send(`/${path()}/user-access-report`, { headers: users.alice.headers });
    expect(report.headers['content-disposition']).toBe(
      `attachment; filename=user-access-report-alice-${repo.split('/').at(-1)}.json`,
    );
    expect((report.json() as { user: string }[]).map(({ user }) => user)).toEqual(people);
  });

  it('have the answers to the form of the card', async () => {
    await prepare('manual', FORM);
    const { 'I agree to the terms': _, ...unchecked } = ANSWERS;
    for (const [wrong, field] of [
      [unchecked, 'I agree to the terms'],
      [{ ...ANSWERS, Company: ' ' }, 'Company'],
      [{ ...ANSWERS, Country: 'Atlantis' }, 'Country'],
      [{ ...ANSWERS, Date: '31/12/2000' }, 'Date'],
      [{ ...ANSWERS, Use: 'Other' }, 'Use'],
    ] as const) {
      const refused = await askAs(users.sam, wrong);
      expect([refused.status, refused.json()]).toMatchObject([400, { fields: [{ field }] }]);
    }
    const all = ((await askAs(users.sam)).json() as { fields: { field: string }[] }).fields;
    expect(all.map(({ field }) => field)).toEqual(Object.keys(ANSWERS));
    const form = new URLSearchParams({ ...ANSWERS, other: 'x' }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await send(`/${path()}/ask-access`, {
      method: 'POST',
      headers: { ...users.sam.headers, ...type },
      body: form,
    });
    expect(reply.status).toBe(303);
    const [request] = (await list('pending')).json() as Listed[];
    expect(request!['fields']).toEqual({ ...ANSWERS, 'I agree to the terms': 'true' });
    expect(Object.keys(request!['fields'] as object)).toEqual(Object.keys(ANSWERS));
  });

  it('have the fields in the order of the card, in infos, lists and the report', async () => {
    await prepare('manual', FORM);
    await askAs(users.sam, ANSWERS);
    const report = await send(`/${path()}/user-access-report`, { headers: users.alice.headers });
    const [entry] = report.json() as [{ fields: object }];
    expect(Object.keys(entry.fields)).toEqual(Object.keys(ANSWERS));
    const info = (await send(`/api/models/${path()}`)).json();
    const listed = (await send('/api/models?author=alice&cardData=true&limit=1000')).json() as { id: string }[];
    for (const card of [info, listed.find(({ id }) => id === path())]) {
      const { cardData } = card as { cardData: { extra_gated_fields: object } };
      const labels = Object.keys(cardData.extra_gated_fields).filter((label) => label !== 'Location');
      expect(labels).toEqual(Object.keys(ANSWERS));
    }
  });

  it('have a form also if the card is malformed', async () => {
    const fields = '{ 1: 2, Empty: { type: select }, Nothing: , Deep: { type: { a: 1 } }, __proto__: text }';
    const card = `---\nextra_gated_prompt: [1]\nextra_gated_heading: { a: 1 }\nextra_gated_fields: ${fields}\n---\n`;
    await prepare('manual', card);
    const answers = { 1: 'a', Empty: 'b', Nothing: 'c', Deep: 'd' };
    const json = JSON.stringify({ ...answers, __PROTO__: 'e' }).replace('__PROTO__', '__proto__');
    const type = { 'content-type': 'application/json' };
    const options = { method: 'POST', headers: { ...users.sam.headers, ...type }, body: json } as const;
    await expectStatus(send(`/${path()}/ask-access`, options), 303);
    const [request] = (await list('pending')).json() as Listed[];
    expect(request!['fields']).toMatchObject(answers);
    await prepare('manual', '---\nextra_gated_fields: [a, b]\n---\n');
    expect((await askAs(users.sam)).status).toBe(303);
  });

  it('are kept while the gate is off, and when the repository is moved', async () => {
    await prepare('manual');
    await askAs(users.sam);
    await review('grant', { user: 'rita' });
    expect((await settings({ gated: false })).json()).toMatchObject({ gated: false });
    expect([await read(users.sam), await names('pending')]).toEqual(['open', ['sam']]);
    expect((await send(`/${path()}/resolve/main/config.json`)).status).toBe(200);
    await settings({ gated: 'auto', gatedNotificationsMode: 'bulk', gatedNotificationsEmail: 'a@example.org' });
    expect((await send(`/api/${repo}`)).json()).toMatchObject({ gated: 'auto' });
    expect(await names('pending')).toEqual(['sam']);
    const json = { fromRepo: path(), toRepo: `lab/moved-${count}`, type: 'model' };
    await expectStatus(send('/api/repos/move', { method: 'POST', headers: users.alice.headers, json }), 200);
    repo = `models/lab/moved-${count}`;
    expect([await read(users.rita), await read(users.sam)]).toEqual(['open', '403 GatedRepo']);
    expect([await names('accepted'), await names('pending')]).toEqual([['rita'], ['sam']]);
  });

  it('are deleted with the account', async () => {
    await prepare('manual');
    await askAs(await createTestUser(hub, 'guest'));
    await review('handle', { user: 'guest', status: 'accepted' });
    expect((await adminClient(hub)('DELETE', '/accounts/guest')).status).toBe(200);
    expect(await names('accepted')).toEqual([]);
    expect(await read(await createTestUser(hub, 'guest'))).toBe('403 GatedRepo');
  });

  it('are only for authors, and only about gated repositories', async () => {
    await prepare('manual');
    await askAs(users.sam);
    expect((await send(`/api/${repo}/user-access-request/pending`)).status).toBe(401);
    expect((await list('pending', '', users.sam)).status).toBe(403);
    expect((await list('other')).status).toBe(404);
    expect((await review('handle', { user: 'sam', status: 'accepted' }, users.sam)).status).toBe(403);
    expect((await review('grant', { user: 'sam' }, users.sam)).status).toBe(403);
    expect((await send(`/${path()}/user-access-report`, { headers: users.sam.headers })).status).toBe(403);
    const readOnly = await createTestUser(hub, 'alice', 'read');
    expect((await list('pending', '', readOnly)).status).toBe(403);
    expect((await send(`/${path()}/ask-access`, { method: 'POST', json: {} })).status).toBe(401);
    for (const [json, status] of [
      [{ status: 'accepted' }, 400],
      [{ user: 'sam', userId: '0'.repeat(24), status: 'accepted' }, 400],
      [{ user: 'sam', status: 'granted' }, 400],
      [{ user: 'sam', status: 'accepted', rejectionReason: 'x' }, 400],
      [{ user: 'sam', status: 'rejected', rejectionReason: 'x'.repeat(201) }, 400],
      [{ user: 'sam', status: 'rejected', rejectionReason: 'x\0' }, 400],
      [{ user: 'nobody', status: 'accepted' }, 404],
      [{ userId: 'f'.repeat(24), status: 'accepted' }, 404],
      [{ user: 'lab', status: 'accepted' }, 404],
      [{ user: 'rob', status: 'accepted' }, 404],
    ] as const)
      expect([json, (await review('handle', json)).status]).toEqual([json, status]);
    await prepare(false);
    expect((await list('pending')).status).toBe(400);
    expect((await review('grant', { user: 'sam' })).status).toBe(400);
    expect((await askAs(users.sam)).status).toBe(400);
  });

  it('apply to repositories that lists show and filter as gated', async () => {
    await prepare('auto', undefined, 'dataset');
    const [id, author] = [path().replace('datasets/', ''), 'alice'];
    const found = async (query: string) =>
      (
        (await send(`/api/datasets?author=${author}&limit=100${query}`)).json() as { id: string; gated: unknown }[]
      ).flatMap((entry) => (entry.id === id ? [entry.gated] : []));
    expect([await found(''), await found('&gated=true'), await found('&gated=auto')]).toEqual([
      ['auto'],
      ['auto'],
      ['auto'],
    ]);
    expect([await found('&gated=false'), await found('&gated=manual')]).toEqual([[], []]);
    expect(await found('&expand=gated')).toEqual(['auto']);
  });

  it('are refused for spaces', async () => {
    const { headers } = users.alice;
    const json = { name: 'space', type: 'space', sdk: 'static' };
    await expectStatus(send('/api/repos/create', { method: 'POST', headers, json: { ...json, gated: 'auto' } }), 400);
    await expectStatus(send('/api/repos/create', { method: 'POST', headers, json }), 200);
    const change = { method: 'PUT', headers, json: { gated: 'manual' } } as const;
    await expectStatus(send('/api/spaces/alice/space/settings', change), 400);
  });
});

const account = async (name: string) => (await hub.app.get(AccountStore, { strict: false }).find(name))!;
