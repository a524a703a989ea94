import { DataSource } from 'typeorm';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject } from '../support/lfs-client.js';
import { sendRequest, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';
import { xorbBytes } from '../support/xet-builder.js';
import { XetIds } from '../../src/repos/xet/xet-ids.js';
import { XetReader } from '../support/xet-reader.js';

const PART_SIZE = 5 * 1024 * 1024;
const stored = Buffer.from('a large file that is stored');
const small = Buffer.from('a file to upload');
const large = Buffer.alloc(PART_SIZE + 1, 'x');

let hub: RunningHub;
let admin: AdminClient;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  hub = await startHub({ env: { KOHAKU_HUB_LFS_PART_SIZE: `${PART_SIZE}` } });
  admin = adminClient(hub);
  alice = await createTestUser(hub, 'alice');
  await createTestOrganization(hub, 'lab', { alice: 'admin' });
});
afterAll(() => hub.close());

const request = (path: string, method: RequestOptions['method'], json: object, user = alice) =>
  sendRequest(hub.url, path, { method, headers: user.headers, json });
const setRole = (role: string) => request('/api/organizations/lab/members/bob', 'PUT', { role });

/** Everything that a link or token of bob can do, once it is created. Each returns the status. */
async function linksOf(repo: string): Promise<Readonly<Record<string, () => Promise<number>>>> {
  const lfs = new LfsClient(hub, repo, bob);
  const download = (await lfs.batch('download', [stored])).objects[0]!.actions!.download!.href;
  const upload = (await lfs.batch('upload', [small])).objects[0]!.actions!;
  const parts = (await lfs.batch('upload', [large], { transfers: ['multipart'] })).objects[0]!.actions!.upload!;
  const token = await sendRequest(hub.url, `/api/models/${repo}/xet-write-token/main`, { headers: bob.headers });
  const { accessToken } = token.json() as { accessToken: string };
  const authorization = `Bearer ${accessToken}`;
  const xorb = xorbBytes([{ data: Buffer.from('chunk') }]);
  const body = { oid: lfsObject(large).oid, parts: [] };
  const send = async (href: string, options?: RequestOptions) => (await follow(hub, href, options)).status;
  const xetHash = hub.app.get(XetIds, { strict: false }).fileId(lfsObject(stored).oid);
  const xet = await XetReader.of(hub.url, `models/${repo}`, bob.headers);
  const { terms } = await xet.terms(xetHash);
  return {
    download: () => send(download),
    upload: () => send(upload.upload!.href, { method: 'PUT', body: small }),
    verify: () => send(upload.verify!.href, { method: 'POST', json: lfsObject(small) }),
    part: () => send(parts.header!['00001']!, { method: 'PUT', body: large.subarray(0, PART_SIZE) }),
    complete: () => send(parts.href, { method: 'POST', json: body }),
    xetDescription: async () => (await xet.describe(xetHash)).status,
    xetPart: async () => (await xet.part(terms[0]!)).status,
    xet: () =>
      send(`${hub.url}/xet/v1/xorbs/default/${'a'.repeat(64)}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/octet-stream' },
        body: xorb,
      }),
  };
}

let count = 0;
/** A repository of the organization with a stored large file, and bob as a member who may write to it. */
async function prepare(isPrivate: boolean): Promise<string> {
  bob = await createTestUser(hub, 'bob');
  await setRole('write');
  const name = `repo-${++count}`;
  const visibility = isPrivate ? 'private' : 'public';
  expect((await request('/api/repos/create', 'POST', { name, organization: 'lab', visibility })).status).toBe(200);
  expect((await new LfsClient(hub, `lab/${name}`, alice).upload(stored)).status).toBe(200);
  return `lab/${name}`;
}
const statuses = async (links: Awaited<ReturnType<typeof linksOf>>) => {
  const entries: [string, number][] = [];
  for (const [name, use] of Object.entries(links)) entries.push([name, await use()]);
  return Object.fromEntries(entries);
};
const all = (status: number) => ({
  download: status,
  upload: status,
  verify: status,
  part: status,
  complete: status,
  xet: status,
  xetDescription: status,
  xetPart: status,
});

interface Takedown {
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly take: (repo: string) => Promise<unknown>;
  readonly expected: Readonly<Record<string, number>>;
}

const TAKEDOWNS: readonly Takedown[] = [
  {
    name: 'an administrator has disabled the repository',
    take: (repo) => admin('PUT', `/repositories/model/${repo}`, { disabled: true }),
    expected: all(403),
  },
  {
    name: 'the repository has been deleted',
    take: (repo) => request('/api/repos/delete', 'DELETE', { name: repo.split('/')[1]!, organization: 'lab' }),
    expected: all(404),
  },
  {
    name: 'the membership has been removed, and the repository is private',
    isPrivate: true,
    take: () => request('/api/organizations/lab/members/bob', 'DELETE', {}),
    expected: all(404),
  },
  {
    name: 'the member may only read',
    isPrivate: true,
    take: () => setRole('read'),
    expected: { ...all(403), download: 200, xetDescription: 200, xetPart: 206 },
  },
  {
    name: 'the account has been disabled',
    take: () => admin('PUT', '/accounts/bob', { disabled: true }),
    expected: { ...all(403), xet: 401, xetDescription: 401, xetPart: 401 },
  },
  {
    name: 'the access token has been revoked',
    take: () =>
      hub.app
        .get(DataSource)
        .query(`DELETE FROM access_tokens WHERE account_id = (SELECT id FROM accounts WHERE lookup_name = 'bob')`),
    expected: { ...all(403), xet: 401, xetDescription: 401, xetPart: 401 },
  },
];

describe('links and upload tokens', () => {
  it.each(TAKEDOWNS)('stop working as soon as $name', async ({ isPrivate = false, take, expected }) => {
    await admin('PUT', '/accounts/bob', { disabled: false });
    const repo = await prepare(isPrivate);
    const links = await linksOf(repo);
    expect(await links['download']!()).toBe(200);
    await take(repo);
    expect(await statuses(links)).toEqual(expected);
  });

  it('for anonymous downloads stop working as soon as the repository is private', async () => {
    await admin('PUT', '/accounts/bob', { disabled: false });
    const repo = await prepare(false);
    const { href } = (await new LfsClient(hub, repo).batch('download', [stored])).objects[0]!.actions!.download!;
    expect((await follow(hub, href)).status).toBe(200);
    expect((await request(`/api/models/${repo}/settings`, 'PUT', { visibility: 'private' })).status).toBe(200);
    expect((await follow(hub, href)).status).toBe(404);
  });
});
