import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { bytes, redirect } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createLargePng } from '../support/test-images.js';

const SHA = 'a'.repeat(40);
const CONTENT = Buffer.from('{"hidden_size": 768}\n'.repeat(60));
const OWN = { 'x-repo-commit': SHA, etag: 'W/"0123abc-gzip"', 'content-type': 'application/json' };
let repos = 0;

let hub: HubWithSources;
let cdn: FakeUpstream;
let file: string;
const answerWith = (reply: Responder): void => void (hub.sources[0]!.reply = reply);

/** Compresses every response, although the request does not accept it. */
const compressed =
  (coding: string, body: Buffer, headers: Record<string, string> = OWN): Responder =>
  (response, request) =>
    bytes(200, body, { ...headers, 'content-encoding': coding })(response, request);

beforeAll(async () => {
  cdn = await FakeUpstream.start(bytes(404, ''), '127.0.0.2');
  hub = await startHubWithSources([bytes(404, '')], {
    facts: [{ delivery: 'proxy' }],
    env: { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' },
  });
});
beforeEach(() => (file = `/o/r${++repos}/resolve/main/config.json`));
afterAll(async () => {
  await hub.close();
  await cdn.close();
});

describe('a source that compresses in spite of Accept-Encoding: identity', () => {
  it.each([
    ['gzip', gzipSync(CONTENT)],
    ['br', brotliCompressSync(CONTENT)],
  ])('is served uncompressed: %s', async (coding, body) => {
    answerWith(compressed(coding, body));
    const get = await hub.sendRequest(file);
    expect(get.status).toBe(200);
    expect(get.body.equals(CONTENT)).toBe(true);
    expect(get.headers).not.toHaveProperty('content-encoding');
    expect(get.headers['etag']).toBe('"0123abc"');
    const head = await hub.sendRequest(file, { method: 'HEAD' });
    expect(head.headers).toMatchObject({ 'content-length': `${CONTENT.length}`, etag: '"0123abc"' });
  });

  it('with an unsupported coding is a failure for GET, HEAD, raw and ranges', async () => {
    answerWith(compressed('zstd', CONTENT));
    for (const [path, options] of [
      [file, {}],
      [file, { method: 'HEAD' }],
      [file, { headers: { range: 'bytes=0-9' } }],
      [file.replace('resolve', 'raw'), {}],
    ] as const) {
      const reply = await hub.sendRequest(path, options);
      expect(reply.status).toBe(502);
      expect(reply.headers['x-error-message']).toContain('Content-Encoding: zstd');
    }
  });

  it('fails for a compressed part of a file', async () => {
    answerWith(
      bytes(206, gzipSync(CONTENT).subarray(0, 10), {
        ...OWN,
        'content-encoding': 'gzip',
        'content-range': 'bytes 0-9/99',
      }),
    );
    expect((await hub.sendRequest(file, { headers: { range: 'bytes=0-9' } })).status).toBe(502);
  });

  it('is served uncompressed from the host that it redirects to', async () => {
    const linked = { 'x-repo-commit': SHA, 'x-linked-etag': '"0123"', 'x-linked-size': `${CONTENT.length}` };
    answerWith(redirect(302, `${cdn.url}/blob`, linked));
    cdn.reply = compressed('gzip', gzipSync(CONTENT), { etag: '"cdn"' });
    expect((await hub.sendRequest(file)).body.equals(CONTENT)).toBe(true);
    const archive = gzipSync(CONTENT);
    answerWith(redirect(302, `${cdn.url}/blob`, { ...linked, 'x-linked-size': `${archive.length}` }));
    cdn.reply = compressed('x-gzip', archive, { etag: '"cdn"' });
    expect((await hub.sendRequest(file)).body.equals(archive)).toBe(true);
  });

  it('is understood for metadata and avatars', async () => {
    const info = Buffer.from(JSON.stringify({ id: `o/r${repos}`, sha: SHA, user: 'o', avatarUrl: `${cdn.url}/a.png` }));
    answerWith(compressed('gzip', gzipSync(info), { 'content-type': 'application/json' }));
    cdn.reply = compressed('gzip', gzipSync(createLargePng(64)), {});
    expect((await hub.sendRequest(`/api/models/o/r${repos}`)).json()).toMatchObject({ sha: SHA, _source: 'A' });
    expect((await hub.sendRequest('/api/users/o/avatar')).headers['content-type']).toContain('image/');
  });
});

describe('JSON of the API', () => {
  const read = (path: string, accepted: string) => hub.sendRequest(path, { headers: { 'accept-encoding': accepted } });
  const answerWithInfo = (description: string): string => {
    const info = { id: `o/r${repos}`, sha: SHA, cardData: { description } };
    answerWith(bytes(200, JSON.stringify(info), { 'content-type': 'application/json' }));
    return `/api/models/o/r${repos}`;
  };

  it.each([
    ['gzip, deflate', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ] as const)('is compressed for clients that accept %s', async (accepted, coding, decompress) => {
    const path = answerWithInfo('long '.repeat(1000));
    const plain = await hub.sendRequest(path);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const reply = await read(path, accepted);
    expect(reply.headers).toMatchObject({
      'content-encoding': coding,
      vary: expect.stringContaining('Accept-Encoding') as string,
    });
    expect(reply.body.length).toBeLessThan(1000);
    expect(JSON.parse(decompress(reply.body).toString())).toEqual(plain.json());
  });

  it('is not compressed if it is short, if the client refuses it, or in a file', async () => {
    const short = answerWithInfo('short');
    expect((await read(short, 'gzip')).headers).not.toHaveProperty('content-encoding');
    const long = answerWithInfo('long '.repeat(1000));
    expect((await read(`${long}?x`, 'identity')).headers).not.toHaveProperty('content-encoding');
    answerWith(bytes(200, CONTENT, OWN));
    for (const path of [file, `/api/resolve-cache/models/o/r${repos}/${SHA}/config.json`]) {
      const { status, headers } = await read(path, 'gzip');
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'content-length': `${CONTENT.length}` });
      expect(headers).not.toHaveProperty('content-encoding');
    }
  });
});
