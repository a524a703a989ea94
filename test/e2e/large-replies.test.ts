import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { adminClient } from '../support/admin-client.js';
import { bytes } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { useHubWithSources } from '../support/hub-with-sources.js';
import { FULL_RUN } from '../support/full-run.js';

const start = useHubWithSources();
const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const COMMIT = 'a'.repeat(40);

/** The reply to `?blobs=true` for a repository with many large files: 80,000 of them have 19 MB. */
function largeInfo(files: number): Buffer {
  const siblings = Array.from({ length: files }, (_, n) => ({
    rfilename: `data/part-${n}.parquet`,
    size: 1_000_000 + n,
    blobId: n.toString(16).padStart(40, '0'),
    lfs: { sha256: n.toString(16).padStart(64, '0'), size: 1_000_000 + n, pointerSize: 132 },
  }));
  return Buffer.from(JSON.stringify({ id: 'o/r', sha: COMMIT, private: false, siblings }));
}

const info = largeInfo(80_000);
const chunked: Responder = (response) => {
  response.writeHead(200, JSON_TYPE);
  response.end(info);
};
const gzipped = bytes(200, gzipSync(info), { ...JSON_TYPE, 'content-encoding': 'gzip' });
const declared = bytes(200, info, JSON_TYPE);
const padded = (size: number): Buffer => Buffer.concat([Buffer.from('{"id":"o/r"}'), Buffer.alloc(size - 12, ' ')]);

/** Handled in the same way. */
const VARIANTS: [string, string, Responder][] = [
  ['of a revision', '/api/datasets/o/r/revision/main?blobs=true', declared],
  ['without its length', '/api/models/o/r?blobs=true', chunked],
];

const siblingsOf = (body: unknown): number => (body as { siblings: unknown[] }).siblings.length;

describe('information about a repository with 80,000 large files', () => {
  it.each<[string, string, Responder]>([
    ['with its length', '/api/models/o/r?blobs=true', declared],
    ['compressed', '/api/models/o/r?blobs=true', gzipped],
    ...(FULL_RUN ? VARIANTS : []),
  ])('is relayed %s', async (_, path, reply) => {
    const hub = await start([reply]);
    const response = await hub.sendRequest(path);
    expect(response.status).toBe(200);
    expect(siblingsOf(response.json())).toBe(80_000);
  });

  it('is relayed to ten clients at once, or they are asked to retry', async () => {
    const hub = await start([declared]);
    const paths = Array.from({ length: 10 }, (_, n) => `/api/models/o/r${n}?blobs=true`);
    const responses = await Promise.all(paths.map((path) => hub.sendRequest(path)));
    const served = responses.filter(({ status }) => status === 200);
    const refused = responses.filter(({ status }) => status === 503);
    expect(served.length).toBeGreaterThanOrEqual(3);
    expect(served.length + refused.length).toBe(10);
    for (const response of served) expect(siblingsOf(response.json())).toBe(80_000);
    for (const { headers } of refused) expect(headers['retry-after']).toBe('5');
    expect((await hub.sendRequest('/api/models/o/later?blobs=true')).status).toBe(200);
  });

  it('does not keep other requests waiting', async () => {
    const hub = await start([declared]);
    let isServed = false;
    const large = hub.sendRequest('/api/models/o/r?blobs=true').finally(() => (isServed = true));
    let others = 0;
    while (!isServed) {
      expect((await hub.sendRequest('/health/live')).status).toBe(200);
      others++;
    }
    expect((await large).status).toBe(200);
    expect(others).toBeGreaterThan(3);
  });
});

describe('the limit', () => {
  it.each<[string, string, Buffer, string]>([
    ['64 MiB for information about a repository', '/api/models/o/r', padded(64 * MIB + 1), '64 MiB'],
    ['16 MiB for a page of a tree', '/api/models/o/r/tree/main', padded(16 * MIB + 1), '16 MiB'],
  ])('is %s', async (_, path, body, limit) => {
    const hub = await start([bytes(200, body, JSON_TYPE)]);
    const response = await hub.sendRequest(path);
    expect(response.status).toBe(502);
    expect(response.headers['x-error-message']).toBe(
      `The source A failed. Its response is larger than ${limit}, the limit for such responses.`,
    );
  });
});

/** Sends a request and does not read the response. */
async function withoutReading(url: string): Promise<IncomingMessage> {
  const [response] = (await once(httpRequest(url).end(), 'response')) as [IncomingMessage];
  return response;
}

it('is refused with 503 while others occupy the memory for large replies, which does not count against the source', async () => {
  const hub = await start([declared], { env: { KOHAKU_HUB_FALLBACK_DEADLINE: '4' } });
  const slow = [];
  for (const n of [1, 2, 3]) slow.push(await withoutReading(`${hub.hub.url}/api/models/o/slow${n}?blobs=true`));
  const refused = await hub.sendRequest('/api/models/o/r?blobs=true');
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toBe('5');
  expect(refused.headers['x-error-message']).toBe(
    'The source A could not be used. The hub is busy with other large responses of sources. Try again.',
  );
  const { body } = await adminClient(hub.hub)('GET', '/fallback-sources/health');
  expect(body).toMatchObject([{ failures: 0 }]);

  slow.forEach((response) => response.destroy());
  await Promise.all(slow.map((response) => response.closed || once(response, 'close')));
  const next = await hub.sendRequest('/api/models/o/r?blobs=true');
  expect(next.status).toBe(200);
});
