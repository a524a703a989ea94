import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { S3Config } from '../../src/platform/config/hub-config.js';
import type { DirectTransfer } from '../../src/platform/storage/direct-transfer.js';
import { S3BlobStore } from '../../src/platform/storage/s3-blob-store.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { S3DirectTransfer } from '../../src/platform/storage/s3-direct-transfer.js';
import { copyObject } from '../../src/platform/storage/s3-writing.js';
import { openStores } from '../../src/platform/storage/stores.js';
import { directTransferFor } from '../../src/platform/storage/direct-transfer.js';
import { urlsOf } from '../support/urls-of.js';
import { buildHubConfig } from '../support/build-hub-config.js';
import { describeOnS3 } from '../support/storages.js';

const HOUR_S = 3600;
const FIVE_MIB = 5 * 1024 * 1024;
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const put = (url: string, body: Uint8Array): Promise<Response> =>
  fetch(url, { method: 'PUT', body: Buffer.from(body) });

describeOnS3('direct transfers to S3', (server) => {
  const stage = async (): Promise<{ direct: DirectTransfer; blobs: S3BlobStore; bucket: S3Bucket }> => {
    const config = await server().newBucket();
    const bucket = new S3Bucket(config);
    return { direct: new S3DirectTransfer(bucket, config, config.endpoint), blobs: new S3BlobStore(bucket), bucket };
  };

  it('assemble parts once and publish them as a blob', async () => {
    const { direct, blobs } = await stage();
    const [first, second] = [randomBytes(FIVE_MIB), randomBytes(1000)];
    const upload = await direct.begin();
    for (const [number, content] of [
      [2, second],
      [1, first],
    ] as const)
      expect((await put(await direct.partLink(upload, number, HOUR_S), content)).status).toBe(200);
    expect(await direct.size(upload)).toBeUndefined();
    const parts = (await direct.parts(upload))!;
    expect(parts.map(({ partNumber, size }) => [partNumber, size])).toEqual([
      [1, FIVE_MIB],
      [2, 1000],
    ]);
    await direct.assemble(upload, parts);
    const whole = Buffer.concat([first, second]);
    expect((await buffer(direct.read(upload))).equals(whole)).toBe(true);
    await direct.publish(upload, sha256(whole), whole.length);
    await direct.drop(upload);
    await direct.drop(upload);
    expect([await direct.size(upload), await blobs.size(sha256(whole))]).toEqual([undefined, whole.length]);
  });

  it('reject parts after the upload was assembled', async () => {
    const { direct } = await stage();
    const upload = await direct.begin();
    const link = await direct.partLink(upload, 1, HOUR_S);
    await put(link, Buffer.from('right'));
    await direct.assemble(upload, (await direct.parts(upload))!);
    expect((await put(link, Buffer.from('wrong'))).status).toBe(404);
    expect(await direct.parts(upload)).toBeUndefined();
    expect((await buffer(direct.read(upload))).toString()).toBe('right');
  });

  it.each([
    ['for another part', (url: string) => url.replace('partNumber=1', 'partNumber=2')],
    ['for another key', (url: string) => url.replace('/incoming/', '/blobs/')],
    ['with another signature', (url: string) => url.replace(/(Signature=.{8})./, '$1x')],
    ['with a later expiry', (url: string) => url.replace('Expires=3600', 'Expires=7200')],
  ])('reject a modified link %s', async (_case, modify) => {
    const { direct } = await stage();
    const upload = await direct.begin();
    const link = await direct.partLink(upload, 1, HOUR_S);
    expect(modify(link)).not.toBe(link);
    expect((await put(modify(link), Buffer.from('x'))).status).toBe(403);
    expect(await direct.parts(upload)).toEqual([]);
  });

  it('support downloads with Range, content type and file name, by GET only', async () => {
    const { direct, blobs } = await stage();
    const content = randomBytes(5000);
    const { sha256: digest } = await blobs.put([content] as unknown as AsyncIterable<Uint8Array>);
    const headers = {
      contentType: 'text/x-test',
      contentDisposition: `inline; filename*=UTF-8''%C3%A9.bin; filename="_.bin";`,
    };
    const link = await direct.downloadLink(digest, headers, HOUR_S);
    const response = await fetch(link, { headers: { range: 'bytes=10-19' } });
    expect(response.status).toBe(206);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content.subarray(10, 20));
    expect([response.headers.get('content-range'), response.headers.get('content-type')]).toEqual([
      'bytes 10-19/5000',
      'text/x-test',
    ]);
    expect(response.headers.get('content-disposition')).toBe(headers.contentDisposition);
    expect((await put(link, Buffer.from('x'))).status).toBe(403);
    expect((await fetch(link.replace(/Signature=.{8}/, 'Signature=00000000'))).status).toBe(403);
  });

  it('copy large objects in parts', async () => {
    const { blobs, bucket } = await stage();
    const content = randomBytes(2 * FIVE_MIB + 7);
    const { sha256: digest } = await blobs.put([content] as unknown as AsyncIterable<Uint8Array>);
    const from = `blobs/${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
    await copyObject(bucket, { from, to: 'incoming/copy', size: content.length }, FIVE_MIB);
    expect(await bucket.head('incoming/copy')).toMatchObject({
      size: content.length,
      etag: expect.stringMatching(/-3$/),
    });
  });
});

describe('links to the store are used', () => {
  const S3: S3Config = {
    endpoint: 'http://minio:9000',
    publicEndpoint: undefined,
    bucket: 'hub',
    region: 'eu-west-1',
    keys: { accessKeyId: 'AKID', secretAccessKey: 'a-secret-key' },
    forcePathStyle: true,
    timeoutMs: 7000,
  };

  it.each<[string, Partial<S3Config>, string | undefined]>([
    [
      'if its public endpoint is on another host',
      { publicEndpoint: 'https://s3.example.com:9000/' },
      'https://s3.example.com:9000',
    ],
    [
      'not if the public endpoint is on the host of the hub, even on another port',
      { publicEndpoint: 'https://hub.example.com:9000' },
      undefined,
    ],
    ['not without a public endpoint', {}, undefined],
    ['if the store is AWS', { endpoint: undefined }, 'https://s3.eu-west-1.amazonaws.com'],
  ])('%s', async (_case, s3, origin) => {
    const stores = await openStores(buildHubConfig({}, { s3: { ...S3, ...s3 } }));
    const direct = directTransferFor(stores.direct, urlsOf('https://hub.example.com'));
    expect(direct?.origin).toBe(origin);
    const link = await direct?.downloadLink('a'.repeat(64), { contentType: 'text/plain' }, HOUR_S);
    if (link !== undefined) expect(new URL(link).host).toContain(new URL(origin!).hostname);
  });
});
