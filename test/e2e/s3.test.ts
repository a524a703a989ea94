import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LfsAction } from '../../src/repos/store/wire/lfs.js';
import type { S3Config } from '../../src/platform/config/hub-config.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { blobKey } from '../../src/platform/storage/s3-keys.js';
import { writeSmallObject } from '../../src/platform/storage/s3-writing.js';
import { CollectorService } from '../../src/repos/gc/collector.service.js';
import { LocalRepos } from '../support/local-repos.js';
import { scrape } from '../support/scrape.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { describeOnS3 } from '../support/storages.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { every, page, S3FaultProxy, type Respond } from '../support/s3-fault-proxy.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { adminClient } from '../support/admin-client.js';
import { CountingSource } from '../support/counting-source.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { withPublicEndpoint, s3Variables } from '../support/s3-variables.js';
import { TlsProxy } from '../support/tls-proxy.js';
import { eventually } from '../support/eventually.js';

const MIB = 1024 * 1024;
const PART_SIZE = 5 * MIB;
const LARGE = PART_SIZE + 1000;
const FILE = '/alice/m/resolve/main/weights.bin';

/** A hub on an S3 bucket with the repository `alice/m`, and the operations that several tests use. */
class Stage {
  private constructor(
    readonly hub: RunningHub,
    readonly alice: TestUser,
    readonly client: LfsClient,
    readonly bucket: S3Bucket,
  ) {}

  static async start(config: S3Config, storageWorks = true, more: Record<string, string> = {}): Promise<Stage> {
    const env = { ...s3Variables(config), KOHAKU_HUB_LFS_PART_SIZE: `${PART_SIZE}`, ...more };
    const hub = await startHub({ env });
    const alice = await createTestUser(hub, 'alice');
    const repositories = LocalRepos.of(hub.app);
    const repo = { type: 'model', namespace: 'alice', name: 'm' } as const;
    if (storageWorks) await repositories.createRepository({ repo, ownerName: 'alice', private: false });
    return new Stage(hub, alice, new LfsClient(hub, 'alice/m', alice), new S3Bucket(config));
  }

  async action(content: Uint8Array, more: object = {}): Promise<LfsAction> {
    return (await this.client.batch('upload', [content], more)).objects[0]!.actions!.upload!;
  }

  async verify(content: Uint8Array): Promise<HttpResponse> {
    const { verify } = (await this.client.batch('upload', [content])).objects[0]?.actions ?? {};
    if (!verify) throw new Error('the hub already has the file');
    return follow(this.hub, verify.href, { method: 'POST', json: lfsObject(content) });
  }

  commit(content: Uint8Array): Promise<HttpResponse> {
    const { oid, size } = lfsObject(content);
    const lines = [
      { key: 'header', value: { summary: 'weights' } },
      { key: 'lfsFile', value: { path: 'weights.bin', algo: 'sha256', oid, size } },
    ];
    const headers = { ...this.alice.headers, 'content-type': 'application/x-ndjson' };
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    return sendRequest(this.hub.url, '/api/models/alice/m/commit/main', { method: 'POST', headers, body });
  }

  get(path = FILE, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET'): Promise<HttpResponse> {
    return sendRequest(this.hub.url, path, { headers, method });
  }

  ready(): Promise<HttpResponse> {
    return sendRequest(this.hub.url, '/health/ready');
  }

  async storage(): Promise<{ status: string; message?: string }> {
    return ((await this.ready()).json() as { details: Record<string, { status: string }> }).details['storage']!;
  }

  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(prefix)) keys.push(key);
    return keys;
  }

  /** Stores other bytes in place of this content. */
  async replaceBlob(content: Uint8Array, length: number): Promise<void> {
    await writeSmallObject(this.bucket, blobKey(sha256(content)), randomBytes(length));
  }

  collect(): Promise<unknown> {
    return this.hub.app.get(CollectorService, { strict: false }).collect([]);
  }

  database(): DataSource {
    return this.hub.app.get<DataSource>(getDataSourceToken());
  }
}

/** Uploads as clients do: without credentials, to the host in the URL. */
const put = (href: string, body: Uint8Array): Promise<Response> =>
  fetch(href, { method: 'PUT', body: Buffer.from(body) });

const UNAVAILABLE = [503, '5', 'Storage is temporarily unavailable. Try again later.'];
const unavailable = ({ status, headers, json }: HttpResponse): unknown[] => {
  const body = json() as { error?: string; message?: string };
  return [status, headers['retry-after'], body.error ?? body.message];
};

const LOST = [500, true];
const lostContent = ({ status, json }: HttpResponse): unknown[] => {
  const { error, message } = json() as { error?: string; message?: string };
  return [status, /^The content of this file .* in the storage of the hub\./.test(error ?? message ?? '')];
};

describeOnS3('a hub on S3', (server) => {
  describe('with a public endpoint', () => {
    let fixture: Stage;
    let origin: string;
    beforeAll(async () => {
      const config = withPublicEndpoint(await server().newBucket());
      origin = config.publicEndpoint!;
      fixture = await Stage.start(config);
    });
    afterAll(() => fixture.hub.close());

    it('accepts direct uploads, which are verified before they are part of a repository', async () => {
      const content = randomBytes(LARGE);
      const { href, header } = await fixture.action(content);
      expect([href.startsWith(`${origin}/`), header]).toEqual([true, undefined]);
      const before = await fixture.commit(content);
      expect([before.status, before.body.toString()]).toEqual([400, expect.stringContaining('was not uploaded')]);
      expect((await put(href, content)).status).toBe(200);
      expect((await fixture.client.batch('upload', [content])).objects[0]).toHaveProperty('actions');
      expect((await fixture.keys()).filter((key) => key.endsWith(sha256(content)))).toEqual([]);
      expect((await fixture.commit(content)).status).toBe(200);
      expect(await fixture.keys('incoming/')).toEqual([]);
      const file = await fetch(`${fixture.hub.url}${FILE}`, { headers: fixture.alice.headers });
      expect([file.redirected, Buffer.from(await file.arrayBuffer()).equals(content)]).toEqual([true, true]);
    });

    it('redirects downloads to the bucket with metadata, and answers HEAD itself', async () => {
      const content = randomBytes(LARGE);
      await put(await fixture.action(content).then(({ href }) => href), content);
      expect((await fixture.verify(content)).status).toBe(200);
      await fixture.commit(content);
      const etag = `"${sha256(content)}"`;
      const head = await fixture.get(FILE, {}, 'HEAD');
      expect(head).toMatchObject({ status: 200, headers: { etag, 'content-length': `${LARGE}` } });
      const redirected = await fixture.get();
      expect(redirected.status).toBe(302);
      expect(redirected.headers).toMatchObject({
        etag,
        'x-linked-etag': etag,
        'x-linked-size': `${LARGE}`,
        'cache-control': 'no-store',
        'x-repo-commit': head.headers['x-repo-commit'],
        location: expect.stringMatching(/^http:\/\/localhost:/),
      });
      const part = await fetch(redirected.headers.location!, { headers: { range: 'bytes=10-19' } });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${LARGE}`]);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(10, 20));
      expect(part.headers.get('content-disposition')).toContain('weights.bin');
      const download = (await fixture.client.batch('download', [content])).objects[0]!.actions!.download!;
      expect((await follow(fixture.hub, download.href)).status).toBe(302);
    });

    it('does not redirect to content that the bucket has with another size', async () => {
      const content = randomBytes(LARGE);
      await put((await fixture.action(content)).href, content);
      await fixture.verify(content);
      await fixture.commit(content);
      const download = (await fixture.client.batch('download', [content])).objects[0]!.actions!.download!;
      await fixture.replaceBlob(content, LARGE - 1);
      expect(lostContent(await fixture.get())).toEqual(LOST);
      expect(lostContent(await follow(fixture.hub, download.href))).toEqual(LOST);
      await put((await fixture.action(content)).href, content); // a client uploads it again
      expect((await fixture.verify(content)).status).toBe(200);
      expect((await fixture.get()).status).toBe(302);
    });

    it.each([
      ['a conditional request', { 'if-none-match': 'ETAG' }, 304],
      ['a range beyond the end', { range: 'bytes=99999999-' }, 416],
      ['If-Range with the hub’s ETag', { range: 'bytes=5-9', 'if-range': 'ETAG' }, 206],
      ['a Xet probe', { range: 'bytes=0-0', accept: 'application/vnd.xet-fileinfo+json, */*' }, 206],
      ['a request of the web pages', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, 200],
    ])('does not redirect %s', async (_case, headers, status) => {
      const { etag } = (await fixture.get(FILE, {}, 'HEAD')).headers;
      const sentHeaders = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('ETAG', etag!)]),
      );
      expect((await fixture.get(FILE, sentHeaders)).status).toBe(status);
    });

    it('refuses and deletes uploads whose SHA-256 differs', async () => {
      const [content, other] = [randomBytes(LARGE), randomBytes(LARGE)];
      await put((await fixture.action(content)).href, other);
      const refused = await fixture.verify(content);
      expect([refused.status, refused.body.toString()]).toEqual([400, expect.stringContaining('SHA-256')]);
      expect((await fixture.commit(content)).status).toBe(400);
      const keys = await fixture.keys();
      expect(keys.filter((key) => key.includes(sha256(content)) || key.startsWith('incoming/'))).toEqual([]);
    });

    it('treats an upload that is too short as missing', async () => {
      const content = randomBytes(LARGE);
      await put((await fixture.action(content)).href, content.subarray(1));
      expect((await fixture.verify(content)).status).toBe(404);
    });

    it('accepts direct multipart uploads and completes each once', async () => {
      const content = randomBytes(2 * PART_SIZE + 17);
      const { href, header } = await fixture.action(content, { transfers: ['basic', 'multipart'] });
      const { chunk_size, ...links } = header!;
      expect([chunk_size, Object.keys(links)]).toEqual([`${PART_SIZE}`, ['00001', '00002', '00003']]);
      expect([href.startsWith(fixture.hub.url), links['00001']!.startsWith(origin)]).toEqual([true, true]);
      const parts: { partNumber: number; etag: string }[] = [];
      for (const [number, link] of Object.entries(links)) {
        const at = (Number(number) - 1) * PART_SIZE;
        const response = await put(link, content.subarray(at, at + PART_SIZE));
        parts.push({ partNumber: Number(number), etag: response.headers.get('etag')! });
      }
      const { oid } = lfsObject(content);
      const complete = (listedParts: object[]) =>
        follow(fixture.hub, href, { method: 'POST', json: { oid, parts: listedParts } });
      expect((await complete(parts.slice(1))).status).toBe(400);
      expect((await complete([...parts.slice(0, 2), { partNumber: 3, etag: '"other"' }])).status).toBe(400);
      const both = await Promise.all([complete(parts), complete(parts)]);
      expect([...both, await complete(parts)].map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await fixture.commit(content)).status).toBe(200);
      expect(await fixture.keys('incoming/')).toEqual([]);
    });

    it('receives small files and uploads of its web pages itself', async () => {
      const small = randomBytes(1000);
      const { href } = await fixture.action(small);
      expect(href.startsWith(fixture.hub.url)).toBe(true);
      expect((await follow(fixture.hub, href, { method: 'PUT', body: small })).status).toBe(200);
      const json = { operation: 'upload', objects: [lfsObject(randomBytes(LARGE))] };
      const headers = { ...fixture.alice.headers, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' };
      const response = await sendRequest(fixture.hub.url, '/alice/m.git/info/lfs/objects/batch', {
        method: 'POST',
        headers,
        json,
      });
      expect(JSON.stringify(response.json())).not.toContain(origin);
    });

    it('deletes the records of abandoned uploads', async () => {
      await fixture.action(randomBytes(LARGE));
      const database = fixture.database();
      await fixture.collect();
      const openUploads = () => database.query<unknown[]>('SELECT 1 FROM direct_uploads');
      expect(await openUploads()).not.toEqual([]);
      await database.query("UPDATE direct_uploads SET begun_at = now() - interval '49 hours'");
      await fixture.collect();
      expect(await openUploads()).toEqual([]);
    });
  });

  describe('with a public endpoint and a source whose files are cached', () => {
    const source = new CountingSource();
    let fixture: HubWithSources;
    beforeAll(async () => {
      const env = s3Variables(withPublicEndpoint(await server().newBucket()));
      fixture = await startHubWithSources([source.reply], { facts: [{ delivery: 'cache', token: 'hf_team' }], env });
    });
    afterAll(() => fixture.close());

    it('redirects downloads of cached files to the bucket, also while the source is down, and dry runs report it', async () => {
      const content = randomBytes(9 * MIB);
      source.files.set('weights.bin', content);
      const path = '/org/model/resolve/main/weights.bin';
      const dryRun = async (): Promise<unknown> => {
        const file = { repo_type: 'model', namespace: 'org', name: 'model', file_path: 'weights.bin' };
        const { body } = await adminClient(fixture.hub)('POST', '/fallback/test/simulate', { op: 'resolve', ...file });
        return (body as { final: { status: number } }).final.status;
      };
      expect(await dryRun()).toBe(200);
      const first = await fixture.sendRequest(path);
      expect([first.status, first.headers['x-cache'], first.body.equals(content)]).toEqual([200, 'fill', true]);
      await eventually(async () => (await fixture.sendRequest(path)).status === 302);
      expect(await dryRun()).toBe(302);
      await fixture.sources[0]!.close();
      const redirected = await fixture.sendRequest(path);
      expect(redirected.headers).toMatchObject({
        etag: `"${sha256(content)}"`,
        'x-cache': 'hit',
        'x-source': 'A',
        'cache-control': 'no-store',
      });
      expect(redirected.headers.location).not.toContain('hf_team');
      const file = await fetch(`${fixture.hub.url}${path}`, { headers: { range: 'bytes=5-' } });
      expect([file.status, file.redirected]).toEqual([206, true]);
      expect(Buffer.from(await file.arrayBuffer()).equals(content.subarray(5))).toBe(true);
      expect(source.gets).toEqual(['all']);
    });
  });

  describe('without a public endpoint', () => {
    let fixture: Stage;
    beforeAll(async () => {
      fixture = await Stage.start(await server().newBucket());
    });
    afterAll(() => fixture.hub.close());

    it('streams uploads and downloads, with Range', async () => {
      const content = randomBytes(LARGE);
      expect((await fixture.client.upload(content)).status).toBe(200);
      expect((await fixture.commit(content)).status).toBe(200);
      const whole = await fixture.get();
      expect([whole.status, whole.body.equals(content)]).toEqual([200, true]);
      const part = await fixture.get(FILE, { range: 'bytes=10-19' });
      expect([part.status, part.body]).toEqual([206, content.subarray(10, 20)]);
      expect(part.headers['content-range']).toBe(`bytes 10-19/${LARGE}`);
    });

    it('refuses to send content that the bucket has with another size, and another upload heals it', async () => {
      const content = randomBytes(LARGE);
      await fixture.client.upload(content);
      await fixture.commit(content);
      for (const length of [LARGE - 1, LARGE + 1]) {
        await fixture.replaceBlob(content, length);
        for (const headers of [{}, { range: 'bytes=10-19' }] as Record<string, string>[])
          expect(lostContent(await fixture.get(FILE, headers))).toEqual(LOST);
        expect((await fixture.client.upload(content)).status).toBe(200);
        expect((await fixture.get()).body.equals(content)).toBe(true);
      }
    });

    it('assembles multipart uploads', async () => {
      const content = randomBytes(PART_SIZE + 17);
      const { href, header } = await fixture.action(content, { transfers: ['multipart'] });
      const parts: { partNumber: number; etag: string }[] = [];
      for (const [number, at] of [
        [1, 0],
        [2, PART_SIZE],
      ] as const) {
        const body = content.subarray(at, at + PART_SIZE);
        const response = await follow(fixture.hub, header![`0000${number}`]!, { method: 'PUT', body });
        parts.push({ partNumber: number, etag: response.headers.etag! });
      }
      const json = { oid: sha256(content), parts };
      expect((await follow(fixture.hub, href, { method: 'POST', json })).status).toBe(200);
      expect((await fixture.commit(content)).status).toBe(200);
      expect(await fixture.keys('parts/')).toEqual([]);
    });

    it('deletes unreferenced objects', async () => {
      const content = randomBytes(2000);
      await fixture.client.upload(content);
      const name = `blobs/${sha256(content).slice(0, 2)}/${sha256(content).slice(2, 4)}/${sha256(content)}`;
      expect(await fixture.keys(name)).toEqual([name]);
      const database = fixture.database();
      await database.query('DELETE FROM lfs_objects WHERE sha256 = $1', [sha256(content)]);
      await database.query("UPDATE contents SET touched_at = now() - interval '25 hours'");
      await fixture.collect();
      expect(await fixture.keys(name)).toEqual([]);
    });
  });

  describe('with failing storage', () => {
    it('returns 503, still serves metadata, and recovers by itself', async () => {
      const fixture = await Stage.start(await server().newBucket());
      const content = randomBytes(2000);
      await fixture.client.upload(content);
      await fixture.commit(content);
      const other = randomBytes(3000);
      const link = await fixture.client.uploadLink(other);
      await server().crash();
      try {
        const responses = await Promise.all([
          fixture.get(),
          follow(fixture.hub, link, { method: 'PUT', body: other }),
          fixture.commit(content),
        ]);
        expect(responses.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
          [503, '5'],
          [503, '5'],
          [503, '5'],
        ]);
        expect((await fixture.get(FILE, {}, 'HEAD')).status).toBe(200);
        await eventually(async () => (await fixture.storage()).status === 'degraded');
        const ready = await fixture.ready();
        expect([ready.status, ready.body.toString()]).toEqual([200, expect.not.stringContaining('127.0.0.1')]);
      } finally {
        await server().resume();
      }
      await eventually(async () => (await fixture.storage()).status === 'up');
      expect((await fixture.get()).body.equals(content)).toBe(true);
      await fixture.hub.close();
    });

    describe('behind a faulty network', () => {
      let fixture: Stage;
      let proxy: S3FaultProxy;
      const content = randomBytes(2000);
      beforeAll(async () => {
        const config = await server().newBucket();
        proxy = await S3FaultProxy.start(config);
        fixture = await Stage.start({ ...config, endpoint: proxy.endpoint, timeoutMs: 1000 });
        await fixture.client.upload(content);
        await fixture.commit(content);
      });
      afterAll(async () => {
        await fixture.hub.close();
        await proxy.close();
      });
      afterEach(async () => {
        proxy.recover();
        await eventually(async () => (await fixture.get()).status === 200);
      });

      it.each<[string, ReturnType<S3FaultProxy['fate']>, string]>([
        ['gets no response', 'hang', 'does not respond'],
        ['is refused', 403, 'refuses access'],
        ['always fails', 503, 'HTTP 503'],
        ['is behind a proxy that rejects everything', page(400), 'another server responds (HTTP 400)'],
        ['is behind a proxy that finds nothing', page(404), 'another server responds (HTTP 404)'],
        ['is behind a proxy with its own page', page(200, { etag: '"1"' }), 'another server responds (HTTP 200)'],
        ['is behind a proxy that redirects', page(301, { location: 'https://s3.test/x' }), 'redirects to another'],
        ['is behind a proxy that fails', page(502), 'another server responds (HTTP 502)'],
      ])('begins nothing if the store %s, and is ready with the reason', async (_case, fate, reason) => {
        const other = randomBytes(3000);
        const link = await fixture.client.uploadLink(other);
        proxy.fate = () => fate;
        expect(unavailable(await fixture.get())).toEqual(UNAVAILABLE);
        await eventually(async () => (await fixture.storage()).message?.includes(reason) ?? false, 10_000);
        const before = proxy.objectRequests;
        const { headers } = fixture.alice;
        const objects = [lfsObject(other)];
        const batch = { method: 'POST', headers, json: { operation: 'upload', objects } } as const;
        const responses = await Promise.all([
          fixture.get(),
          fixture.commit(other),
          follow(fixture.hub, link, { method: 'PUT', body: other }),
          sendRequest(fixture.hub.url, '/alice/m.git/info/lfs/objects/batch', batch),
          sendRequest(fixture.hub.url, '/api/models/alice/m/xet-write-token/main', { headers }),
        ]);
        expect(responses.map(unavailable)).toEqual(responses.map(() => UNAVAILABLE));
        expect(proxy.objectRequests).toBe(before);
        const local = await Promise.all([fixture.get(FILE, {}, 'HEAD'), fixture.get('/api/models/alice/m')]);
        expect([...local, await fixture.ready()].map(({ status }) => status)).toEqual([200, 200, 200]);
      });

      it('returns 503 with words if the store rejects an upload for a reason that the hub does not know', async () => {
        const other = randomBytes(3000);
        const link = await fixture.client.uploadLink(other);
        proxy.fate = ({ method }) => (method === 'PUT' ? 400 : 'forward');
        const { status, body } = await follow(fixture.hub, link, { method: 'PUT', body: other });
        expect([status, body.toString()]).toEqual([503, expect.stringContaining('ask the administrator of the hub')]);
      });

      it.each<['hang' | 503]>([['hang'], [503]])(
        'returns 503 if the store fails (%s) while a large file is uploaded',
        async (fate) => {
          const large = randomBytes(40 * MIB);
          const link = await fixture.client.uploadLink(large);
          let parts = 0;
          proxy.fate = ({ url }) => {
            if (url?.includes('partNumber=')) parts += 1;
            return parts < 3 ? 'forward' : fate;
          };
          expect(unavailable(await follow(fixture.hub, link, { method: 'PUT', body: large }))).toEqual(UNAVAILABLE);
        },
      );

      it('does not wait for requests that hang while the bucket responds', async () => {
        proxy.fate = ({ method }) => (method === 'GET' ? 'hang' : 'forward');
        expect(unavailable(await fixture.get())).toEqual(UNAVAILABLE);
        expect(await fixture.storage()).toEqual({ status: 'up' });
      });

      it('repeats requests, so that a fifth of failing ones is not noticed', async () => {
        proxy.fate = every(5, 503);
        for (let n = 0; n < 10; n += 1) expect((await fixture.get()).status).toBe(200);
        const more = randomBytes(4000);
        expect((await fixture.client.upload(more)).status).toBe(200);
        expect((await fixture.commit(more)).status).toBe(200);
        await fixture.commit(content);
      });
    });

    it('counts uploads until the bucket has them; they wait for each other if no memory is free', async () => {
      const config = await server().newBucket();
      const proxy = await S3FaultProxy.start(config);
      const more = { KOHAKU_HUB_BODY_MEMORY: '32000000' };
      const fixture = await Stage.start({ ...config, endpoint: proxy.endpoint }, true, more);
      const used = async (pool = 'memory') =>
        (await scrape(fixture.hub.url)).value('hubfall_client_pool_used', { pool });
      proxy.fate = ({ method, url }) => (method === 'PUT' && url!.includes('partNumber') ? 'hold' : 'forward');
      const contents = [0, 1, 2].map(() => randomBytes(20 * MIB));
      const uploads = Promise.all(contents.map((content) => fixture.client.upload(content)));
      await eventually(async () => (await used())! > 8 * MIB);
      expect(await used()).toBeLessThanOrEqual(16_000_000); // the share of one client
      proxy.releaseHeld();
      expect((await uploads).map(({ status }) => status)).toEqual([200, 200, 200]);
      await eventually(async () => (await used()) === 0);
      const { href } = await fixture.action(randomBytes(20 * MIB));
      proxy.fate = ({ url }) => (url!.includes('partNumber') ? 'hold' : 'forward');
      const unfinished = request(href, { method: 'PUT' }).on('error', () => undefined);
      unfinished.write(randomBytes(12 * MIB));
      await eventually(async () => (await used())! > 8 * MIB);
      unfinished.destroy();
      await eventually(async () => (await used('requests')) === 1); // the scrape itself
      expect(await used()).toBeGreaterThanOrEqual(8 * MIB); // the part is still being sent
      proxy.releaseHeld();
      await eventually(async () => (await used()) === 0);
      expect((await fixture.commit(contents[2]!)).status).toBe(200);
      expect((await fixture.get()).body.equals(contents[2]!)).toBe(true);
      await fixture.hub.close();
      await proxy.close();
    });

    it.each<[string, (config: S3Config) => S3Config, string]>([
      [
        'does not know the access key',
        (c) => ({ ...c, keys: { accessKeyId: 'AKNOBODY', secretAccessKey: 'a-wrong-secret' } }),
        'does not know the access key',
      ],
      [
        'has a different secret key',
        (c) => ({ ...c, keys: { ...c.keys!, secretAccessKey: 'a-wrong-secret' } }),
        'rejects the secret key',
      ],
      ['has no such bucket', (c) => ({ ...c, bucket: 'not-there' }), 'does not exist'],
    ])('does not start if the storage %s', async (_case, changed, message) => {
      await expect(Stage.start(changed(await server().newBucket()), false)).rejects.toThrow(message);
    });

    it.each([
      ['list objects', /list-type/],
      ['write an object', /^PUT/],
      ['read an object', /^GET .*incoming.*x-id=GetObject/],
      ['read objects that exist', /^GET .*blobs.*x-id=GetObject/],
      ['copy an object', /^PUT .*-copy/],
      ['upload an object in parts', /^GET .*uploadId=/],
      ['list unfinished uploads', /^GET .*\?(.*&)?uploads/],
      ['abort an upload', /^DELETE .*uploadId=/],
      ['delete an object', /^DELETE .*x-id=DeleteObject/],
    ])('does not start without the right to %s', async (right, pattern) => {
      const config = await server().newBucket();
      const proxy = await S3FaultProxy.start(config);
      proxy.fate = ({ method, url }) => (pattern.test(`${method} ${url}`) ? 403 : 'forward');
      const start = Stage.start({ ...config, endpoint: proxy.endpoint }, false);
      await expect(start).rejects.toThrow(`does not allow the hub to ${right} (s3:`);
      await proxy.close();
    });

    it.each<[string, Respond, string]>([
      ['redirects', page(301, { location: 'https://s3.test/x' }), 'redirects to https://s3.test. Change KOHAKU'],
      ['leads to a web server', page(404), 'leads to a web server that is not an S3 server (HTTP 404)'],
      ['leads to a web server with a page for all', page(200), 'that is not an S3 server (HTTP 200)'],
    ])('does not start if the address of the storage %s', async (_case, fate, message) => {
      const config = await server().newBucket();
      const proxy = await S3FaultProxy.start(config);
      proxy.fate = () => fate;
      await expect(Stage.start({ ...config, endpoint: proxy.endpoint }, false)).rejects.toThrow(message);
      await proxy.close();
    });

    it('does not start over http:// with a storage that requires TLS', async () => {
      const config = await server().newBucket();
      const proxy = await TlsProxy.start(Number(new URL(config.endpoint!).port));
      const start = Stage.start({ ...config, endpoint: `http://127.0.0.1:${proxy.port}` }, false);
      await expect(start).rejects.toThrow('requires TLS. Begin KOHAKU_HUB_S3_ENDPOINT with https://.');
      await proxy.close();
    });

    it('starts without a storage that is unreachable, reports it, and uses it later', async () => {
      const config = await server().newBucket();
      const proxy = await S3FaultProxy.start(config);
      proxy.fate = () => 503;
      const env = { KOHAKU_HUB_STARTUP_TIMEOUT: '0' };
      const fixture = await Stage.start({ ...config, endpoint: proxy.endpoint, timeoutMs: 1000 }, false, env);
      await eventually(async () => (await fixture.storage()).status === 'degraded');
      const json = { name: 'other', type: 'model' };
      const { headers } = fixture.alice;
      const create = () => sendRequest(fixture.hub.url, '/api/repos/create', { method: 'POST', headers, json });
      const refused = await create();
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
      expect((await fixture.get('/api/models/alice/other')).status).toBe(404);
      proxy.recover();
      await eventually(async () => (await create()).status === 200);
      await fixture.hub.close();
      await proxy.close();
    });
  });
});
