import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { adminClient } from '../support/admin-client.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { FakeXetStorage } from '../support/fake-xet-storage.js';
import { sha256 } from '../support/lfs-client.js';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser } from '../support/test-users.js';
import { XetReader } from '../support/xet-reader.js';

let hubs: readonly RunningHub[];
beforeAll(async () => {
  const env = { KOHAKU_HUB_XET_THRESHOLD: '1MB' };
  hubs = await Promise.all([startHub(), startHub({ env: { KOHAKU_HUB_XET_READS: 'false' } }), startHub({ env })]);
});
afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

/** Connects the hubs with these indexes in a ring: each one is the source of the previous one. */
async function ring(type: string, ...members: readonly number[]): Promise<void> {
  for (const [n, member] of members.entries()) {
    const next = hubs[members[(n + 1) % members.length]!]!;
    const sources = [{ name: 'next', url: next.url, source_type: type, priority: 1 }];
    await adminClient(hubs[member]!)('PUT', '/fallback/sources-bulk-replace', { sources });
  }
}

/** The number of requests that each hub has sent to its source. */
const requestCounts = (): Promise<number[]> =>
  Promise.all(
    hubs.map(async (hub) => {
      const { body } = await adminClient(hub)('GET', '/fallback-sources/health');
      return (body as { requests: number }[]).reduce((sum, { requests }) => sum + requests, 0);
    }),
  );

describe('hubs that are each other’s sources', () => {
  it.each([
    ['huggingface', [0], [1, 0, 0]],
    ['huggingface', [0, 1], [1, 1, 0]],
    ['huggingface', [0, 1, 2], [1, 1, 1]],
    ['kohakuhub', [0], [1, 0, 0]],
    ['kohakuhub', [0, 1, 2], [1, 0, 0]],
  ])(
    'forward a request a bounded number of times and return 404: %s sources, ring %j',
    async (type, members, expected) => {
      await ring(type, ...members);
      const before = await requestCounts();
      const repo = `o/loop-${type}-${members.length}`;
      const response = await sendRequest(hubs[0]!.url, `/api/models/${repo}`);
      expect({ status: response.status, code: response.headers['x-error-code'] }).toEqual({
        status: 404,
        code: 'RepoNotFound',
      });
      const sent = (await requestCounts()).map((count, n) => count - before[n]!);
      expect(sent).toEqual(expected);
      // No request continues after the response: the counts are the same after another request.
      await sendRequest(hubs[0]!.url, '/api/version');
      expect((await requestCounts()).map((count, n) => count - before[n]!)).toEqual(expected);
    },
  );

  it.each([
    ['huggingface', 'profile', [3, 3, 3], 404],
    ['huggingface', 'avatar', [3, 3, 3], 404],
    ['kohakuhub', 'profile', [2, 0, 0], 404],
    ['kohakuhub', 'repos', [3, 0, 0], 404],
  ])(
    'forward a request for a missing user a bounded number of times: %s sources, %s',
    async (type, what, expected, status) => {
      await ring(type, 0, 1, 2);
      const before = await requestCounts();
      const response = await sendRequest(hubs[0]!.url, `/api/users/loop-${type}-${what}/${what}`);
      expect([response.status, response.json()]).toEqual([status, { error: 'This user does not exist' }]);
      const sent = (await requestCounts()).map((count, n) => count - before[n]!);
      expect(sent).toEqual(expected);
    },
  );

  it('forward a request for all repositories of a missing user a bounded number of times', async () => {
    await ring('huggingface', 0, 1, 2);
    const before = await requestCounts();
    expect((await sendRequest(hubs[0]!.url, '/api/users/loop-repos/repos')).status).toBe(404);
    const sent = (await requestCounts()).map((count, n) => count - before[n]!);
    expect(sent.every((count) => count > 0 && count <= 12)).toBe(true);
  });
});

it('a Xet storage in a private network is refused with the setting that allows it, and with a status after which clients do not retry', async () => {
  const storage = await FakeXetStorage.start();
  const files = {
    'a.bin': { lfs: randomBytes(100_000) },
    'above.bin': { lfs: randomBytes(100), size: 60_000_000_000 },
  };
  const source = await FakeHuggingFace.start({ repos: [{ id: 'ns/model', files }], xet: storage });
  const reading = hubs[0]!;
  const refusal = expect.stringMatching(
    /^The Xet storage of the source Far cannot be used\..* 127\.0\.0\.3 is a loopback address\. Set KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS=true/,
  ) as string;
  for (const facts of [{ xet: 'relay' }, { xet: 'pass' }, { xet: null }, { xet: 'relay', delivery: 'cache' }]) {
    const sources = [{ name: 'Far', url: source.url, source_type: 'huggingface', ...facts }];
    await adminClient(reading)('PUT', '/fallback/sources-bulk-replace', { sources });
    const file = await sendRequest(reading.url, '/ns/model/resolve/main/above.bin', { method: 'HEAD' });
    const hash = file.headers['x-xet-hash'];
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const token = await sendRequest(reading.url, '/api/models/ns/model/xet-read-token/main');
    if (!('delivery' in facts)) {
      expect([facts, token.status, token.headers['x-error-message']]).toEqual([facts, 424, refusal]);
      continue;
    }
    expect(token.status).toBe(200); // the hub may have copies of other files
    const { accessToken } = token.json() as { accessToken: string };
    const described = await new XetReader(`${reading.url}/xet`, accessToken).describe(hash!, 'bytes=0-99');
    expect([described.status, described.headers['x-error-message']]).toEqual([424, refusal]);
  }
  await Promise.all([source.close(), storage.close()]);
});

it.each(['relay', 'pass'])('large files of another hub in a private network are read over Xet: %s', async (xet) => {
  const [reading, hiding, serving] = hubs as [RunningHub, RunningHub, RunningHub];
  const name = `large-${xet}`;
  const content = randomBytes(3_000_000);
  const alice = await createTestUser(serving, `alice-${xet}`);
  const repositories = LocalRepos.of(serving.app);
  const repo = { type: 'model', namespace: alice.name, name } as const;
  const repository = await repositories.createRepository({ repo, ownerName: alice.name, private: false });
  await repositories.putLfsObject(repository, Readable.from([content]));
  const file = { kind: 'lfsFile', path: 'a.bin', sha256: sha256(content), size: content.length } as const;
  const author = { name: alice.name };
  await repositories.commit(repository, { branch: 'main', summary: 'add', author, operations: [file] });
  const sources = [{ name: 'serving', url: serving.url, source_type: 'kohakuhub', xet }];
  await adminClient(reading)('PUT', '/fallback/sources-bulk-replace', { sources });

  const { headers } = await sendRequest(reading.url, `/${alice.name}/${name}/resolve/main/a.bin`, { method: 'HEAD' });
  const reader = await XetReader.of(reading.url, `models/${alice.name}/${name}`);
  expect((await reader.read(headers['x-xet-hash']!)).equals(content)).toBe(true);

  // a hub without downloads over Xet does not offer the file, and its dry run does not report otherwise
  await adminClient(hiding)('PUT', '/fallback/sources-bulk-replace', { sources });
  const hidden = await sendRequest(hiding.url, `/${alice.name}/${name}/resolve/main/a.bin`, { method: 'HEAD' });
  const draft = { op: 'tree', repo_type: 'model', namespace: alice.name, name };
  const report = await adminClient(hiding)('POST', '/fallback/test/simulate', draft);
  expect([hidden.status, hidden.headers['x-xet-hash']]).toEqual([200, undefined]);
  expect(report.body).toMatchObject({ deliveries: [{ xet: 'hide', files: 2 }] });
});
