import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LfsAction } from '../../src/repos/store/wire/lfs.js';
import type { S3Config } from '../../src/platform/config/hub-config.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { CollectorService } from '../../src/repos/gc/collector.service.js';
import { LocalRepos } from '../support/local-repos.js';
import { ask, type Told } from '../support/ask.js';
import { describeOnS3 } from '../support/every-storage.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { person, type Person } from '../support/people.js';
import { reached, s3Variables } from '../support/s3-variables.js';
import { eventually } from '../support/eventually.js';

const MIB = 1024 * 1024;
const PART_SIZE = 5 * MIB;
const LARGE = PART_SIZE + 1000;
const FILE = '/alice/m/resolve/main/weights.bin';

/** A hub on a bucket, with a repository of alice's, and what tests do there again and again. */
class Stage {
  private constructor(
    readonly hub: RunningHub,
    readonly alice: Person,
    readonly client: LfsClient,
    readonly bucket: S3Bucket,
  ) {}

  static async start(config: S3Config, works = true): Promise<Stage> {
    const hub = await startHub({ env: { ...s3Variables(config), KOHAKU_HUB_LFS_PART_SIZE: `${PART_SIZE}` } });
    const alice = await person(hub, 'alice');
    const repositories = LocalRepos.of(hub.app);
    const repo = { type: 'model', namespace: 'alice', name: 'm' } as const;
    if (works) await repositories.createRepository({ repo, ownerName: 'alice', private: false });
    return new Stage(hub, alice, new LfsClient(hub, 'alice/m', alice), new S3Bucket(config));
  }

  async action(content: Uint8Array, more: object = {}): Promise<LfsAction> {
    return (await this.client.batch('upload', [content], more)).objects[0]!.actions!.upload!;
  }

  async verify(content: Uint8Array): Promise<Told> {
    const { verify } = (await this.client.batch('upload', [content])).objects[0]?.actions ?? {};
    if (!verify) throw new Error('there is nothing to verify: the hub has it');
    return follow(this.hub, verify.href, { method: 'POST', json: lfsObject(content) });
  }

  commit(content: Uint8Array): Promise<Told> {
    const { oid, size } = lfsObject(content);
    const lines = [
      { key: 'header', value: { summary: 'weights' } },
      { key: 'lfsFile', value: { path: 'weights.bin', algo: 'sha256', oid, size } },
    ];
    const headers = { ...this.alice.headers, 'content-type': 'application/x-ndjson' };
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    return ask(this.hub.url, '/api/models/alice/m/commit/main', { method: 'POST', headers, body });
  }

  get(path = FILE, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET'): Promise<Told> {
    return ask(this.hub.url, path, { headers, method });
  }

  ready(): Promise<Told> {
    return ask(this.hub.url, '/health/ready');
  }

  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(prefix)) keys.push(key);
    return keys;
  }

  collect(): Promise<unknown> {
    return this.hub.app.get(CollectorService, { strict: false }).collect([]);
  }

  database(): DataSource {
    return this.hub.app.get<DataSource>(getDataSourceToken());
  }
}

/** As a client does: without credentials, to whatever host the link names. */
const put = (href: string, body: Uint8Array): Promise<Response> =>
  fetch(href, { method: 'PUT', body: Buffer.from(body) });

describeOnS3('a hub on S3', (server) => {
  describe('whose clients reach the store', () => {
    let stage: Stage;
    let origin: string;
    beforeAll(async () => {
      const config = reached(await server().newBucket());
      origin = config.publicEndpoint!;
      stage = await Stage.start(config);
    });
    afterAll(() => stage.hub.close());

    it('takes a large file straight to the store; it is nobody’s until a commit names it and it is right', async () => {
      const content = randomBytes(LARGE);
      const { href, header } = await stage.action(content);
      expect([href.startsWith(`${origin}/`), header]).toEqual([true, undefined]);
      const before = await stage.commit(content);
      expect([before.status, before.body.toString()]).toEqual([400, expect.stringContaining('was not uploaded')]);
      expect((await put(href, content)).status).toBe(200);
      expect((await stage.client.batch('upload', [content])).objects[0]).toHaveProperty('actions');
      expect((await stage.keys()).filter((key) => key.endsWith(sha256(content)))).toEqual([]);
      expect((await stage.commit(content)).status).toBe(200);
      expect(await stage.keys('incoming/')).toEqual([]);
      const file = await fetch(`${stage.hub.url}${FILE}`, { headers: stage.alice.headers });
      expect([file.redirected, Buffer.from(await file.arrayBuffer()).equals(content)]).toEqual([true, true]);
    });

    it('leads to it by a redirect that says what the file is; what asks for metadata stays', async () => {
      const content = randomBytes(LARGE);
      await put(await stage.action(content).then(({ href }) => href), content);
      expect((await stage.verify(content)).status).toBe(200);
      await stage.commit(content);
      const etag = `"${sha256(content)}"`;
      const head = await stage.get(FILE, {}, 'HEAD');
      expect(head).toMatchObject({ status: 200, headers: { etag, 'content-length': `${LARGE}` } });
      const led = await stage.get();
      expect(led.status).toBe(302);
      expect(led.headers).toMatchObject({
        ...{ etag, 'x-linked-etag': etag, 'x-linked-size': `${LARGE}`, 'cache-control': 'no-store' },
        'x-repo-commit': head.headers['x-repo-commit'],
        location: expect.stringMatching(/^http:\/\/localhost:/),
      });
      const part = await fetch(led.headers.location!, { headers: { range: 'bytes=10-19' } });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${LARGE}`]);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(10, 20));
      expect(part.headers.get('content-disposition')).toContain('weights.bin');
      const download = (await stage.client.batch('download', [content])).objects[0]!.actions!.download!;
      expect((await follow(stage.hub, download.href)).status).toBe(302);
    });

    it.each([
      ['knows the file', { 'if-none-match': 'ETAG' }, 304],
      ['asks beyond its end', { range: 'bytes=99999999-' }, 416],
      ['resumes with our ETag', { range: 'bytes=5-9', 'if-range': 'ETAG' }, 206],
      ['seeks Xet', { range: 'bytes=0-0', accept: 'application/vnd.xet-fileinfo+json, */*' }, 206],
      ['is a script of the pages', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, 200],
    ])('answers itself whoever %s', async (_case, headers, status) => {
      const { etag } = (await stage.get(FILE, {}, 'HEAD')).headers;
      const asked = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('ETAG', etag!)]),
      );
      expect((await stage.get(FILE, asked)).status).toBe(status);
    });

    it('refuses other bytes than announced, and keeps nothing of them', async () => {
      const [content, other] = [randomBytes(LARGE), randomBytes(LARGE)];
      await put((await stage.action(content)).href, other);
      const refused = await stage.verify(content);
      expect([refused.status, refused.body.toString()]).toEqual([400, expect.stringContaining('SHA-256')]);
      expect((await stage.commit(content)).status).toBe(400);
      const keys = await stage.keys();
      expect(keys.filter((key) => key.includes(sha256(content)) || key.startsWith('incoming/'))).toEqual([]);
    });

    it('takes too few bytes for nothing arrived', async () => {
      const content = randomBytes(LARGE);
      await put((await stage.action(content)).href, content.subarray(1));
      expect((await stage.verify(content)).status).toBe(404);
    });

    it('takes parts straight to the store, and puts them together once', async () => {
      const content = randomBytes(2 * PART_SIZE + 17);
      const { href, header } = await stage.action(content, { transfers: ['basic', 'multipart'] });
      const { chunk_size, ...links } = header!;
      expect([chunk_size, Object.keys(links)]).toEqual([`${PART_SIZE}`, ['00001', '00002', '00003']]);
      expect([href.startsWith(stage.hub.url), links['00001']!.startsWith(origin)]).toEqual([true, true]);
      const parts: { partNumber: number; etag: string }[] = [];
      for (const [number, link] of Object.entries(links)) {
        const at = (Number(number) - 1) * PART_SIZE;
        const answer = await put(link, content.subarray(at, at + PART_SIZE));
        parts.push({ partNumber: Number(number), etag: answer.headers.get('etag')! });
      }
      const { oid } = lfsObject(content);
      const complete = (named: object[]) => follow(stage.hub, href, { method: 'POST', json: { oid, parts: named } });
      expect((await complete(parts.slice(1))).status).toBe(400);
      expect((await complete([...parts.slice(0, 2), { partNumber: 3, etag: '"other"' }])).status).toBe(400);
      const both = await Promise.all([complete(parts), complete(parts)]);
      expect([...both, await complete(parts)].map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await stage.commit(content)).status).toBe(200);
      expect(await stage.keys('incoming/')).toEqual([]);
    });

    it('takes what is small, and what its own pages send, itself', async () => {
      const small = randomBytes(1000);
      const { href } = await stage.action(small);
      expect(href.startsWith(stage.hub.url)).toBe(true);
      expect((await follow(stage.hub, href, { method: 'PUT', body: small })).status).toBe(200);
      const json = { operation: 'upload', objects: [lfsObject(randomBytes(LARGE))] };
      const headers = { ...stage.alice.headers, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
      const told = await ask(stage.hub.url, '/alice/m.git/info/lfs/objects/batch', { method: 'POST', headers, json });
      expect(JSON.stringify(told.json())).not.toContain(origin);
    });

    it('forgets what was begun and never ended', async () => {
      await stage.action(randomBytes(LARGE));
      const database = stage.database();
      await stage.collect();
      const left = () => database.query<unknown[]>('SELECT 1 FROM direct_uploads');
      expect(await left()).not.toEqual([]);
      await database.query("UPDATE direct_uploads SET begun_at = now() - interval '49 hours'");
      await stage.collect();
      expect(await left()).toEqual([]);
    });
  });

  describe('whose clients do not reach the store', () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.start(await server().newBucket());
    });
    afterAll(() => stage.hub.close());

    it('lets everything through itself, with Range', async () => {
      const content = randomBytes(LARGE);
      expect((await stage.client.upload(content)).status).toBe(200);
      expect((await stage.commit(content)).status).toBe(200);
      const whole = await stage.get();
      expect([whole.status, whole.body.equals(content)]).toEqual([200, true]);
      const part = await stage.get(FILE, { range: 'bytes=10-19' });
      expect([part.status, part.body]).toEqual([206, content.subarray(10, 20)]);
      expect(part.headers['content-range']).toBe(`bytes 10-19/${LARGE}`);
    });

    it('puts parts together', async () => {
      const content = randomBytes(PART_SIZE + 17);
      const { href, header } = await stage.action(content, { transfers: ['multipart'] });
      const parts: { partNumber: number; etag: string }[] = [];
      for (const [number, at] of [
        [1, 0],
        [2, PART_SIZE],
      ] as const) {
        const body = content.subarray(at, at + PART_SIZE);
        const answer = await follow(stage.hub, header![`0000${number}`]!, { method: 'PUT', body });
        parts.push({ partNumber: number, etag: answer.headers.etag! });
      }
      const json = { oid: sha256(content), parts };
      expect((await follow(stage.hub, href, { method: 'POST', json })).status).toBe(200);
      expect((await stage.commit(content)).status).toBe(200);
      expect(await stage.keys('parts/')).toEqual([]);
    });

    it('collects what nobody needs any more', async () => {
      const content = randomBytes(2000);
      await stage.client.upload(content);
      const name = `blobs/${sha256(content).slice(0, 2)}/${sha256(content).slice(2, 4)}/${sha256(content)}`;
      expect(await stage.keys(name)).toEqual([name]);
      const database = stage.database();
      await database.query('DELETE FROM lfs_objects WHERE sha256 = $1', [sha256(content)]);
      await database.query("UPDATE contents SET touched_at = now() - interval '25 hours'");
      await stage.collect();
      expect(await stage.keys(name)).toEqual([]);
    });
  });

  describe('whose store fails', () => {
    it('says so, serves what it knows, and recovers by itself', async () => {
      const stage = await Stage.start(await server().newBucket());
      const content = randomBytes(2000);
      await stage.client.upload(content);
      await stage.commit(content);
      const link = await stage.client.uploadLink(randomBytes(3000));
      await server().crash();
      try {
        const answers = await Promise.all([
          stage.get(),
          follow(stage.hub, link, { method: 'PUT', body: randomBytes(3000) }),
          stage.commit(content),
        ]);
        expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
          [503, '5'],
          [503, '5'],
          [503, '5'],
        ]);
        expect((await stage.get(FILE, {}, 'HEAD')).status).toBe(200);
        await eventually(async () => (await stage.ready()).status === 503);
        expect((await stage.ready()).body.toString()).not.toContain('127.0.0.1');
      } finally {
        await server().resume();
      }
      await eventually(async () => (await stage.ready()).status === 200);
      expect((await stage.get()).body.equals(content)).toBe(true);
      await stage.hub.close();
    });

    it('is not ready while the store hangs', async () => {
      const stage = await Stage.start(await server().newBucket());
      server().freeze();
      try {
        await eventually(async () => (await stage.ready()).status === 503);
      } finally {
        server().thaw();
      }
      await eventually(async () => (await stage.ready()).status === 200);
      await stage.hub.close();
    });

    it.each<[string, (config: S3Config) => S3Config, string]>([
      [
        'does not know its keys',
        (c) => ({ ...c, keys: { accessKeyId: 'AKNOBODY', secretAccessKey: 'a-wrong-secret' } }),
        'keys',
      ],
      ['knows another secret', (c) => ({ ...c, keys: { ...c.keys!, secretAccessKey: 'a-wrong-secret' } }), 'secret'],
      ['has no such bucket', (c) => ({ ...c, bucket: 'not-there' }), 'bucket'],
    ])('is started, not ready, and says 503 and never 404 where the store %s', async (_case, changed) => {
      const stage = await Stage.start(changed(await server().newBucket()), false);
      expect((await stage.ready()).status).toBe(503);
      const json = { name: 'other', type: 'model' };
      const made = await ask(stage.hub.url, '/api/repos/create', {
        method: 'POST',
        headers: stage.alice.headers,
        json,
      });
      expect([made.status, made.headers['retry-after']]).toEqual([503, '5']);
      expect((await stage.get('/api/models/alice/other')).status).toBe(404);
      await stage.hub.close();
    });
  });
});
