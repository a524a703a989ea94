import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../src/platform/database/migrations/migrations.js';
import { adminClient } from '../support/admin-client.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { eventually } from '../support/eventually.js';
import { json } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser, PASSWORD } from '../support/register-user.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { SignedAccess } from '../support/signed-access.js';

const SHA = 'a'.repeat(40);
const has =
  (name: string): Responder =>
  (response, request) =>
    json(200, { id: `o/${name}`, sha: SHA }, { 'x-repo-commit': SHA, etag: '"e"' })(response, request);
const missing = json(404, {}, { 'x-error-code': 'RepoNotFound' });

/** Names of what the secret key signs. Sessions and access tokens do not depend on it. */
const SIGNED = ['upload link', 'download link', 'xet token', 'cursor'];

/** Three processes share PostgreSQL and Redis; a change on one replica takes effect on all. */
describe('three replicas', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let databaseUrl: string;
  let env: Record<string, string>;
  let upstream: FakeUpstream;
  let replicas: HubProcess[];
  let repos = 0;
  let repo: string;

  beforeAll(async () => {
    [postgres, redis, upstream] = await Promise.all([
      PostgresServer.start(),
      RedisServer.start(),
      FakeUpstream.start(has('r')),
    ]);
    databaseUrl = await postgres.newDatabase();
    env = {
      KOHAKU_HUB_DATABASE_URL: databaseUrl,
      KOHAKU_HUB_REDIS_URL: redis.hubUrl,
      KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS: '6',
      KOHAKU_HUB_REDIS_TIMEOUT: '2', // on a machine that is busy with other tests
      KOHAKU_HUB_SECRET_KEY: 'the-key-that-all-replicas-share-0123456789',
    };
    const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-data-'));
    replicas = await Promise.all([1, 2, 3].map(() => HubProcess.start({ sources: [], env, dataDir })));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await Promise.all([postgres.stop(), redis.kill(), upstream.close()]);
  }, 60_000);
  beforeEach(() => {
    repo = `o/r${(repos += 1)}`;
    upstream.reply = has('r');
    upstream.forget();
  });

  const admin = (at: number, method: string, path: string, body?: unknown) =>
    adminClient(replicas[at]!)(method, path, body);
  const info = (at: number, id = repo): Promise<HttpResponse> => sendRequest(replicas[at]!.url, `/api/models/${id}`);
  const everywhere = <T>(work: (at: number) => Promise<T>): Promise<T[]> =>
    Promise.all(replicas.map((_, at) => work(at)));
  const statuses = async (id = repo): Promise<number[]> =>
    (await everywhere((at) => info(at, id))).map((a) => a.status);
  const sourcesOf = async (id = repo): Promise<unknown[]> =>
    (await everywhere((at) => info(at, id))).map((response) => (response.json() as { _source?: string })._source);
  const newSource = async (at: number, fields: object = {}): Promise<number> => {
    const setting = { name: 'up', url: upstream.url, source_type: 'huggingface', ...fields };
    return ((await admin(at, 'POST', '/fallback-sources', setting)).body as { id: number }).id;
  };
  const noSources = (): Promise<unknown> => admin(0, 'PUT', '/fallback/sources-bulk-replace', { sources: [] });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const health = async (at: number): Promise<{ code: number; status: unknown; redis: unknown }> => {
    const response = await sendRequest(replicas[at]!.url, '/health/ready');
    const { status, details } = response.json() as { status: string; details: Record<string, { status: string }> };
    return { code: response.status, status, redis: details['redis']?.status };
  };

  it('migrate an empty database once when started together', async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    expect((await client.query('SELECT name FROM migrations')).rows).toHaveLength(MIGRATIONS.length);
    await client.end();
    expect(replicas.map(({ output }) => output.match(/migration.*failed|Unable to connect/gi))).toEqual([
      null,
      null,
      null,
    ]);
  });

  describe('share sources:', () => {
    afterEach(noSources);

    it('changes take effect everywhere when the API call returns', async () => {
      for (const at of [0, 1, 2]) {
        const id = await newSource(at);
        expect(await sourcesOf()).toEqual(['up', 'up', 'up']);
        await admin(at, 'PUT', `/fallback-sources/${id}`, { name: 'renamed' });
        expect(await sourcesOf()).toEqual(['renamed', 'renamed', 'renamed']);
        await admin(at, 'PUT', `/fallback-sources/${id}`, { enabled: false });
        expect(await statuses()).toEqual([404, 404, 404]);
        await admin(at, 'PUT', `/fallback-sources/${id}`, { enabled: true });
        expect(await statuses()).toEqual([200, 200, 200]);
        await admin(at, 'DELETE', `/fallback-sources/${id}`);
        expect(await statuses()).toEqual([404, 404, 404]);
      }
    });

    it('a new order or replaced sources invalidate bindings', async () => {
      const first = await newSource(0, { name: 'first', priority: 1 });
      const second = await newSource(1, { name: 'second', priority: 2 });
      expect(await sourcesOf()).toEqual(['first', 'first', 'first']);
      await admin(2, 'PUT', '/fallback-sources/order', { ids: [second, first] });
      expect(await sourcesOf()).toEqual(['second', 'second', 'second']);
      const sources = [{ name: 'instead', url: upstream.url, source_type: 'huggingface' }];
      await admin(1, 'PUT', '/fallback/sources-bulk-replace', { sources });
      expect(await sourcesOf()).toEqual(['instead', 'instead', 'instead']);
    });

    it('clearing or evicting the cache applies to all replicas', async () => {
      await newSource(0);
      for (const path of ['/fallback-sources/cache/clear', `/fallback-sources/cache/repo/model/${repo}`]) {
        upstream.reply = has('r');
        expect(await statuses()).toEqual([200, 200, 200]);
        upstream.reply = missing;
        await admin(1, 'DELETE', path);
        expect(await statuses()).toEqual([404, 404, 404]);
        await admin(2, 'DELETE', path);
      }
    });

    it('clearing the cache ends the rate-limit holds of all replicas', async () => {
      await newSource(0);
      upstream.reply = json(429, { error: 'slow down' }, { 'retry-after': '200' });
      expect(await statuses()).toEqual([429, 429, 429]);
      upstream.reply = has('r');
      expect(await statuses()).toEqual([429, 429, 429]);
      await admin(1, 'DELETE', '/fallback-sources/cache/clear');
      expect(await statuses()).toEqual([200, 200, 200]);
    });

    it('cache statistics are those of the cluster', async () => {
      await newSource(0);
      await admin(0, 'DELETE', '/fallback-sources/cache/clear');
      const before = (await admin(1, 'GET', '/fallback-sources/cache/stats')).body as { hits: number; misses: number };
      await info(0);
      await statuses();
      const stats = (await everywhere((at) => admin(at, 'GET', '/fallback-sources/cache/stats'))).map(
        ({ body }) => body,
      );
      const expected = { size: 1, backend: 'redis', hits: before.hits + 3, misses: before.misses + 1 };
      expect(stats).toEqual(Array(3).fill(expect.objectContaining(expected)));
    });
  });

  it('check a token once, and all show the result', async () => {
    upstream.reply = json(200, { type: 'user', name: 'bot' });
    await newSource(1, { name: 'checked', token: 'hf_good' });
    const states = (): Promise<unknown[]> =>
      everywhere(async (at) => (await admin(at, 'GET', '/fallback-sources/health')).body);
    const valid = [expect.objectContaining({ name: 'checked', token: 'valid', requests: 0 })];
    await eventually(async () => JSON.stringify(await states()).split('"token":"valid"').length === 4);
    expect(await states()).toEqual([valid, valid, valid]);
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/api/whoami-v2']);
    await noSources();
  });

  it('send one request to the source for 300 concurrent requests to a file of a commit in a new repository', async () => {
    await newSource(0);
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answer = resolve));
    upstream.reply = async (response, request) => {
      await gate;
      return has('r')(response, request);
    };
    const path = `/${repo}/resolve/${SHA}/config.json`;
    const answers = Promise.all(Array.from({ length: 300 }, (_, n) => sendRequest(replicas[n % 3]!.url, path)));
    await upstream.waitFor(1);
    // The other requests get time to arrive, and to reach the source if they were not shared.
    await eventually(async () => (await health(1)).code === 200 && (await health(2)).code === 200);
    answer();
    expect([...new Set((await answers).map(({ status }) => status))]).toEqual([302]);
    expect(upstream.requests.map(({ method }) => method)).toEqual(['HEAD']);
    await noSources();
  });

  it('share the cache of missing repositories', async () => {
    await newSource(0);
    upstream.reply = missing;
    expect(await statuses()).toEqual([404, 404, 404]);
    expect(upstream.requests).toHaveLength(1);
    await noSources();
  });

  it('serve a new local repository at once, and the external one again after it is moved or deleted', async () => {
    await newSource(0);
    const token = await registerUser(replicas[0]!.url, 'alice');
    const { adminToken } = replicas[0]!; // only the administrator creates a repository that a source has
    const headers = { ...bearer(token).headers, 'x-admin-token': adminToken };
    const change = (at: number, method: 'POST' | 'DELETE', path: string, body: object): Promise<HttpResponse> =>
      sendRequest(replicas[at]!.url, path, { method, json: body, headers });
    expect(await sourcesOf('alice/shadow')).toEqual(['up', 'up', 'up']);
    await change(0, 'POST', '/api/repos/create', { name: 'shadow', organization: 'alice', type: 'model' });
    expect(await sourcesOf('alice/shadow')).toEqual([undefined, undefined, undefined]);
    await change(1, 'POST', '/api/repos/move', { fromRepo: 'alice/shadow', toRepo: 'alice/moved', type: 'model' });
    expect(await sourcesOf('alice/moved')).toEqual([undefined, undefined, undefined]);
    await change(2, 'DELETE', '/api/repos/delete', { name: 'moved', organization: 'alice', type: 'model' });
    expect(await sourcesOf('alice/moved')).toEqual(['up', 'up', 'up']);
    await noSources();
  });

  it('reject revoked tokens and sessions of disabled accounts', async () => {
    const token = await registerUser(replicas[0]!.url, 'bob');
    const whoami = (headers: Record<string, string>) => async (): Promise<number[]> =>
      (await everywhere((at) => sendRequest(replicas[at]!.url, '/api/whoami-v2', { headers }))).map(
        ({ status }) => status,
      );
    const json = { username: 'bob', password: PASSWORD };
    const signIn = await sendRequest(replicas[1]!.url, '/api/auth/login', { method: 'POST', json });
    const cookie = signIn.headers['set-cookie']!.split(';')[0]!;
    const [byToken, bySession] = [whoami(bearer(token).headers), whoami({ cookie })];
    expect([await byToken(), await bySession()]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
    ]);
    const tokens = (await sendRequest(replicas[2]!.url, '/api/auth/tokens', { headers: { cookie } })).json() as {
      tokens: { id: number }[];
    };
    await sendRequest(replicas[2]!.url, `/api/auth/tokens/${tokens.tokens[0]!.id}`, {
      method: 'DELETE',
      headers: { cookie },
    });
    expect(await byToken()).toEqual([401, 401, 401]);
    await admin(1, 'PUT', '/accounts/bob', { disabled: true });
    expect(await bySession()).toEqual([401, 401, 401]);
  });

  it('share the rate limit for sign-in attempts', async () => {
    const signIn = async (at: number): Promise<number> => {
      const json = { username: 'carol', password: 'not the password' };
      return (await sendRequest(replicas[at]!.url, '/api/auth/login', { method: 'POST', json })).status;
    };
    for (let n = 0; n < 10; n += 1) expect(await signIn(n % 3)).toBe(401);
    expect(await everywhere(signIn)).toEqual([429, 429, 429]);
  });

  it('do not wait long for a frozen replica, which catches up later', async () => {
    const id = await newSource(0);
    expect(await statuses()).toEqual([200, 200, 200]);
    process.kill(replicas[2]!.pid, 'SIGSTOP');
    const before = performance.now();
    await admin(0, 'DELETE', `/fallback-sources/${id}`);
    expect(performance.now() - before).toBeLessThan(6_000);
    expect((await Promise.all([info(0), info(1)])).map(({ status }) => status)).toEqual([404, 404]);
    process.kill(replicas[2]!.pid, 'SIGCONT');
    await eventually(async () => (await info(2)).status === 404, 2_000);
  });

  it('give no other answers while the secret key is rotated', async () => {
    const [OLD, NEW] = ['the-key-that-all-replicas-share-0123456789', 'the-next-key-of-all-replicas-0123456789'];
    const token = 'hf_TheTokenOfAPrivateHub';
    const lookAlike = await FakeUpstream.start(
      json(200, { id: 'o/r', sha: 'b'.repeat(40) }, { 'x-repo-commit': 'b'.repeat(40), etag: '"b"' }),
    );
    upstream.reply = (response, request) =>
      request.headers.authorization === `Bearer ${token}` ? has('r')(response, request) : missing(response, request);
    await newSource(0, { name: 'private', token, priority: 1, on_error: 'fail' }); // otherwise the next one is asked while it is slow
    await newSource(0, { name: 'look-alike', url: lookAlike.url, priority: 2 });
    upstream.forget();
    const serving = [...replicas];
    const answers = new Map<string, number>();
    let isRunning = true;
    const client = async (): Promise<void> => {
      for (let turn = 0; isRunning; turn++) {
        const { url } = serving[turn % serving.length]!;
        const path = turn % 2 ? `/api/models/${repo}-${turn % 20}` : `/${repo}-${turn % 20}/resolve/main/config.json`;
        const { status, headers } = await sendRequest(url, path);
        const answer = `${status} ${headers['x-source']}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    };
    const deploy = async (key: string): Promise<void> => {
      for (const at of [0, 1, 2]) {
        const old = replicas[at]!;
        serving.splice(serving.indexOf(old), 1);
        await old.stop();
        replicas[at] = await HubProcess.start({
          sources: [],
          dataDir: old.dataDir,
          env: { ...env, KOHAKU_HUB_SECRET_KEY: key },
        });
        serving.push(replicas[at]);
        await checkIssued(at);
      }
    };
    const owner = { name: 'rotation', token: await registerUser(replicas[0]!.url, 'rotation'), repo: 'rotation/one' };
    const issue = (at: number): Promise<SignedAccess> => SignedAccess.issuedBy(replicas[at]!.url, owner);
    const rejected = async (access: SignedAccess): Promise<string[]> =>
      (await everywhere((at) => access.rejectedBy(replicas[at]!.url))).flat();
    /** All replicas accept what this one issues, and it accepts what the others issue. */
    const checkIssued = async (at: number): Promise<void> => {
      expect(await rejected(await issue(at))).toEqual([]);
      expect(await (await issue((at + 1) % 3)).rejectedBy(replicas[at]!.url)).toEqual([]);
    };
    const headers = { ...bearer(owner.token).headers, 'x-admin-token': replicas[0]!.adminToken };
    for (const name of ['one', 'two', 'three']) {
      const repository = { method: 'POST', json: { name, type: 'model' }, headers } as const;
      expect((await sendRequest(replicas[0]!.url, '/api/repos/create', repository)).status).toBe(200);
    }
    upstream.forget();
    lookAlike.forget();
    const traffic = client();

    const issuedBefore = await issue(0);
    await deploy(`${NEW},${OLD}`);
    expect(await rejected(issuedBefore)).toEqual([]);
    const { body } = await admin(1, 'POST', '/secret-keys/rotate');
    expect(body).toMatchObject({
      reencrypted: 1,
      is_rotated: true,
      unreadable: [],
      keys: [{ credentials: 1 }, { credentials: 0 }],
    });
    expect(await rejected(issuedBefore)).toEqual([]);
    const issuedAfter = await issue(2);
    await checkIssued(1);
    await deploy(NEW);
    expect(await rejected(issuedAfter)).toEqual([]);
    expect((await issuedBefore.rejectedBy(replicas[0]!.url)).map((text) => text.split(':')[0])).toEqual(SIGNED);
    isRunning = false;
    await traffic;

    expect([...answers.keys()].sort()).toEqual(['200 private']);
    expect(upstream.requests.filter(({ headers }) => headers.authorization === undefined)).toEqual([]);
    expect(lookAlike.requests.map(({ url }) => url).filter((url) => url.includes(`/${repo}-`))).toEqual([]); // it is asked about local names
    expect(await everywhere((at) => admin(at, 'GET', '/fallback-sources/health').then(({ body }) => body))).toEqual(
      Array(3).fill(
        expect.arrayContaining([
          expect.objectContaining({ name: 'private', token: expect.stringMatching(/^(valid|unknown)$/) as string }),
        ]),
      ), // not rejected
    );
    await noSources();
    await lookAlike.close();
  }, 180_000);

  it('continue without Redis, report it, and recover', async () => {
    const id = await newSource(0);
    expect(await statuses()).toEqual([200, 200, 200]);
    await redis.kill();
    const degraded = { code: 200, status: 'degraded', redis: 'degraded' };
    await eventually(async () => (await everywhere(health)).every(({ redis: state }) => state === 'degraded'));
    expect(await everywhere(health)).toEqual([degraded, degraded, degraded]);
    for (const at of [0, 1, 2]) {
      const before = performance.now();
      expect((await info(at)).status).toBe(200);
      expect(performance.now() - before).toBeLessThan(1_000);
    }
    await admin(0, 'DELETE', `/fallback-sources/${id}`);
    expect((await info(0)).status).toBe(404);
    await eventually(async () => (await statuses()).every((status) => status === 404), 8_000);
    await redis.restart();
    const together = { code: 200, status: 'ok', redis: 'up' };
    await eventually(async () => JSON.stringify(await everywhere(health)) === JSON.stringify(Array(3).fill(together)));
    await newSource(1);
    expect(await statuses(`${repo}-after`)).toEqual([200, 200, 200]);
    expect(replicas.map(({ output }) => output.match(/Redis does not respond/g)?.length)).toEqual([1, 1, 1]);
    await noSources();
  });
});
