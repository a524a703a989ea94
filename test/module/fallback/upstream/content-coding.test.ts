import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { bytes } from '../../../support/fake-replies.js';
import type { Responder } from '../../../support/fake-upstream.js';
import { bytesOf, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 * 1024;
const INFO = Buffer.from(JSON.stringify({ id: 'o/r', tags: Array.from({ length: 500 }, (_, n) => `tag-${n}`) }));

const coded = (coding: string, body: Buffer, headers = {}): Responder =>
  bytes(200, body, { 'content-encoding': coding, ...headers });

const CODINGS: [string, Buffer][] = [
  ['gzip', gzipSync(INFO)],
  ['x-gzip', gzipSync(INFO)],
  ['GZip', gzipSync(INFO)],
  ['identity, gzip', gzipSync(INFO)],
  ['deflate', deflateSync(INFO)],
  ['deflate', deflateRawSync(INFO)],
  ['br', brotliCompressSync(INFO)],
  ['gzip, br', brotliCompressSync(gzipSync(INFO))],
  ['deflate, gzip', gzipSync(deflateSync(INFO))],
];

describe('a compressed response', () => {
  it.each(CODINGS)('is decoded: %s', async (coding, body) => {
    const upstream = await fixture.startUpstream(coded(coding, body, JSON_TYPE));
    const source = fixture.sourceAt(upstream);
    expect((await fixture.reply(source)).json).toEqual(JSON.parse(INFO.toString()));
    const file = await fixture.reply(source, { expects: 'stream' });
    expect((await bytesOf(file)).equals(INFO)).toBe(true);
    expect(file.headers).not.toHaveProperty('content-length');
    expect(file.headers).not.toHaveProperty('content-encoding');
  });

  it.each<[string, string, Buffer, string]>([
    ['an unsupported coding', 'zstd', INFO, 'Content-Encoding: zstd'],
    ['an unknown coding', 'made-up', INFO, 'Content-Encoding: made-up'],
    ['too many codings', 'gzip, gzip, gzip, gzip', gzipSync(INFO), 'cannot decode'],
    ['another content than it claims', 'gzip', INFO, 'damaged'],
    ['a truncated content', 'gzip', gzipSync(INFO).subarray(0, 60), 'damaged'],
    ['a truncated Brotli content', 'br', brotliCompressSync(INFO).subarray(0, 60), 'damaged'],
    ['more than 16 MiB after decoding', 'gzip', gzipSync(Buffer.alloc(17 * MIB, ' ')), 'larger than'],
    ['1 GiB after decoding twice', 'gzip, gzip', gzipSync(gzipSync(Buffer.alloc(128 * MIB, ' '))), 'larger than'],
  ])('is a failure with %s', async (_, coding, body, message) => {
    const upstream = await fixture.startUpstream(coded(coding, body, JSON_TYPE));
    const failure = await fixture.failure(fixture.sourceAt(upstream));
    expect(failure).toMatchObject({ category: 'invalid', message: expect.stringContaining(message) as string });
  });

  it('is a failure if it is a file that cannot be decoded', async () => {
    const upstream = await fixture.startUpstream(coded('zstd', INFO));
    const source = fixture.sourceAt(upstream);
    expect(await fixture.failure(source, { expects: 'stream' })).toMatchObject({ category: 'invalid' });
    expect(await fixture.failure(source, { expects: 'stream', method: 'HEAD' })).toMatchObject({ category: 'invalid' });
    upstream.reply = coded('gzip', INFO);
    expect(await fixture.failure(source, { expects: 'stream' })).toMatchObject({ category: 'invalid' });
  });

  it('is a failure if it is a part of a file', async () => {
    const upstream = await fixture.startUpstream(
      bytes(206, gzipSync(INFO).subarray(0, 10), { 'content-encoding': 'gzip', 'content-range': 'bytes 0-9/100' }),
    );
    const failure = await fixture.failure(fixture.sourceAt(upstream), { expects: 'stream' });
    expect(failure).toMatchObject({ category: 'invalid', message: expect.stringContaining('part') as string });
  });

  it('is a failure if only the requested part was compressed', async () => {
    const headers = { 'content-encoding': 'gzip', 'content-range': 'bytes 0-9/99', 'x-linked-size': '99' };
    const upstream = await fixture.startUpstream(bytes(206, gzipSync(INFO.subarray(0, 10)), headers));
    const failure = await fixture.failure(fixture.sourceAt(upstream), { expects: 'stream' });
    expect(failure).toMatchObject({ category: 'invalid', message: expect.stringContaining('part') as string });
  });

  it('without content is empty', async () => {
    const upstream = await fixture.startUpstream(coded('gzip', Buffer.alloc(0)));
    const file = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    expect(await bytesOf(file)).toHaveLength(0);
  });

  it('ends in an error if the file is damaged in the middle', async () => {
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n * 31) % 251));
    const upstream = await fixture.startUpstream(coded('gzip', gzipSync(noise).subarray(0, 1000)));
    const file = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' }).catch(() => undefined);
    if (file) await expect(bytesOf(file)).rejects.toThrow();
  });

  it('has the message of an error', async () => {
    const upstream = await fixture.startUpstream(
      bytes(404, gzipSync('{"error":"no such thing"}'), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    );
    expect(await fixture.reply(fixture.sourceAt(upstream))).toMatchObject({ status: 404, message: 'no such thing' });
  });

  it('does not report the compressed length for HEAD', async () => {
    const body = gzipSync(INFO);
    const upstream = await fixture.startUpstream(coded('gzip', body, { etag: 'W/"abc-gzip"' }));
    const source = fixture.sourceAt(upstream);
    const head = await fixture.reply(source, { expects: 'stream', method: 'HEAD' });
    expect(head.headers).not.toHaveProperty('content-length');
    expect(head.headers['etag']).toBe('W/"abc"');
    upstream.reply = coded('gzip', body, { 'x-linked-size': `${INFO.length}` });
    expect((await fixture.reply(source, { expects: 'stream', method: 'HEAD' })).headers).toMatchObject({
      'content-length': `${INFO.length}`,
    });
  });
});

describe('a file that is compressed itself, which some servers label with Content-Encoding', () => {
  const file = gzipSync(INFO);
  const size = { 'x-linked-size': `${file.length}`, 'content-encoding': 'x-gzip' };

  it('is not decoded', async () => {
    const upstream = await fixture.startUpstream(bytes(200, file, size));
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    expect((await bytesOf(reply)).equals(file)).toBe(true);
    expect(reply.headers['content-length']).toBe(`${file.length}`);
  });

  it('can be requested in parts', async () => {
    const upstream = await fixture.startUpstream(
      bytes(206, file.subarray(0, 10), { ...size, 'content-range': `bytes 0-9/${file.length}` }),
    );
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    expect((await bytesOf(reply)).equals(file.subarray(0, 10))).toBe(true);
  });
});
