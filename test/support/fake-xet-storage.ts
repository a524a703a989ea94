import { createHash } from 'node:crypto';
import { parseRange } from './fake-content.js';
import { bytes, json } from './fake-replies.js';
import type { FakeBlob } from './fake-repo.js';
import { FakeUpstream, type RecordedRequest, type Responder } from './fake-upstream.js';
import { chunkBytes } from './xet-builder.js';

const CHUNK = 64 * 1024;
const TOKEN_SECONDS = 3600;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Xorb {
  readonly hash: string;
  readonly bytes: Buffer;
  /** Offset of each chunk in `bytes`, and of the end. */
  readonly offsets: readonly number[];
  /** Sizes of the decoded chunks. */
  readonly sizes: readonly number[];
}

interface File {
  readonly size: number;
  readonly xorbs: readonly Xorb[];
}

interface Term {
  readonly xorb: Xorb;
  /** Chunks; without the last one. */
  readonly range: Span;
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

const union = (ranges: readonly Span[]): Span => ({
  start: Math.min(...ranges.map(({ start }) => start)),
  end: Math.max(...ranges.map(({ end }) => end)),
});

const distinct = (ranges: readonly Span[]): Span[] => [
  ...new Map(ranges.map((range) => [`${range.start}-${range.end}`, range])).values(),
];

/** The bytes of chunks. */
const bytesOf = ({ offsets }: Xorb, { start, end }: Span): Span => ({ start: offsets[start]!, end: offsets[end]! - 1 });

/** A term in two parts, if it has several chunks. */
const halves = ({ xorb, range: { start, end } }: Term): Term[] => {
  const middle = Math.ceil((start + end) / 2);
  if (middle === end) return [{ xorb, range: { start, end } }];
  return [
    { xorb, range: { start, end: middle } },
    { xorb, range: { start: middle, end } },
  ];
};

const toXorb = (content: Buffer): Xorb => {
  const parts: Buffer[] = [];
  const sizes: number[] = [];
  const offsets = [0];
  for (let at = 0; at < content.length; at += CHUNK) {
    const data = content.subarray(at, at + CHUNK);
    const part = chunkBytes({ data });
    parts.push(part);
    sizes.push(data.length);
    offsets.push(offsets.at(-1)! + part.length);
  }
  const whole = Buffer.concat(parts);
  return { hash: createHash('sha256').update(whole).digest('hex'), bytes: whole, offsets, sizes };
};

/**
 * The Xet storage of a fake hub: an API that describes files, and another host for their bytes with signed URLs. Both record their requests. A file that
 * is larger than its content repeats it.
 */
export class FakeXetStorage {
  /** If set, responds to all requests for descriptions instead. */
  script: Responder | undefined;
  /** If set, responds to all requests for bytes instead. */
  bytesScript: Responder | undefined;
  /** A storage may have only one version of the API. */
  hasV1 = true;
  hasV2 = true;
  /** Whether a URL of version 2 has several ranges, which clients request at once. */
  hasMultipleRanges = false;
  private readonly files = new Map<string, File>();
  private readonly xorbs = new Map<string, Xorb>();
  private readonly tokens = new Set<string>();
  private epoch = 1;

  private constructor(
    readonly cas: FakeUpstream,
    readonly store: FakeUpstream,
    private readonly chunksPerXorb: number,
  ) {
    cas.reply = (response, request) => (this.script ?? this.describe(request))(response, request);
    store.reply = (response, request) => (this.bytesScript ?? this.read(request))(response, request);
  }

  static async start({ host = '127.0.0.3', chunksPerXorb = 16 } = {}): Promise<FakeXetStorage> {
    const [cas, store] = await Promise.all([
      FakeUpstream.start(undefined, host),
      FakeUpstream.start(undefined, '127.0.0.4'),
    ]);
    return new FakeXetStorage(cas, store, chunksPerXorb);
  }

  get requests(): readonly RecordedRequest[] {
    return [...this.cas.requests, ...this.store.requests];
  }

  add({ content, size, lfs }: FakeBlob): void {
    if (this.files.has(lfs!.xetHash)) return;
    const step = this.chunksPerXorb * CHUNK;
    const parts = Array.from({ length: Math.ceil(content.length / step) }, (_, n) =>
      toXorb(content.subarray(n * step, (n + 1) * step)),
    );
    for (const xorb of parts) this.xorbs.set(xorb.hash, xorb);
    this.files.set(lfs!.xetHash, { size, xorbs: parts });
  }

  /** A token for reading files, as the hub hands it out. */
  issue(owner: string): { casUrl: string; accessToken: string; exp: number } {
    const accessToken = `xet_${owner}_${this.tokens.size}`;
    this.tokens.add(accessToken);
    return { casUrl: this.cas.url, accessToken, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS };
  }

  /** Invalidates all tokens issued so far. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  /** Invalidates all URLs signed so far. */
  expireSignatures(): void {
    this.epoch++;
  }

  forget(): void {
    this.cas.forget();
    this.store.forget();
  }

  async close(): Promise<void> {
    await Promise.all([this.cas.close(), this.store.close()]);
  }

  private describe({ url, headers }: RecordedRequest): Responder {
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(token)) return json(401, { error: 'unauthorized' });
    const [, version, hash = ''] = /^\/v([12])\/reconstructions\/(\w+)$/.exec(url) ?? [];
    const file = this.files.get(hash);
    const hasVersion = version === '1' ? this.hasV1 : version === '2' && this.hasV2;
    if (!file || !hasVersion) return json(404, { error: 'not found' });
    const range = parseRange(headers.range, file.size) ?? { start: 0, end: file.size - 1 };
    if (range === 'none') return json(416, { error: 'range' });
    return json(200, this.reconstruction(file, range, Number(version)));
  }

  private reconstruction({ xorbs }: File, { start, end }: Span, version: number): object {
    const terms: Term[] = [];
    let offset = 0;
    const length = sum(xorbs.map(({ sizes }) => sum(sizes)));
    for (let at = Math.floor(start / length) * length, n = 0; at <= end; n++) {
      const xorb = xorbs[n % xorbs.length]!;
      const size = sum(xorb.sizes);
      if (at + size > start) {
        const first = Math.floor(Math.max(start - at, 0) / CHUNK);
        if (terms.length === 0) offset = start - at - first * CHUNK;
        terms.push({ xorb, range: { start: first, end: Math.floor(Math.min(end - at, size - 1) / CHUNK) + 1 } });
      }
      at += size;
    }
    const used = version === 2 && this.hasMultipleRanges ? terms.flatMap(halves) : terms;
    const list = used.map(({ xorb, range }) => ({
      hash: xorb.hash,
      unpacked_length: sum(xorb.sizes.slice(range.start, range.end)),
      range,
    }));
    const places = Object.fromEntries(
      [...new Set(used.map(({ xorb }) => xorb))].map((xorb) => {
        const ranges = used.filter((term) => term.xorb === xorb).map(({ range }) => range);
        return [xorb.hash, version === 1 ? this.placesV1(xorb, ranges) : this.placesV2(xorb, ranges)];
      }),
    );
    return { offset_into_first_range: offset, terms: list, [version === 1 ? 'fetch_info' : 'xorbs']: places };
  }

  /** One place with all chunks. */
  private placesV1(xorb: Xorb, ranges: readonly Span[]): object[] {
    const span = union(ranges);
    return [{ range: span, url: this.sign(xorb, [bytesOf(xorb, span)]), url_range: bytesOf(xorb, span) }];
  }

  private placesV2(xorb: Xorb, ranges: readonly Span[]): object[] {
    const spans = this.hasMultipleRanges ? distinct(ranges) : [union(ranges)];
    const url = this.sign(
      xorb,
      spans.map((span) => bytesOf(xorb, span)),
    );
    return [{ url, ranges: spans.map((chunks) => ({ chunks, bytes: bytesOf(xorb, chunks) })) }];
  }

  private sign({ hash }: Xorb, ranges: readonly Span[]): string {
    const signed = `bytes=${ranges.map(({ start, end }) => `${start}-${end}`).join(',')}`;
    const query = new URLSearchParams({ 'X-Xet-Signed-Range': signed, Signature: `s${this.epoch}~` });
    return `${this.store.url}/xorbs/default/${hash}?${query.toString()}`;
  }

  private read({ url, headers }: RecordedRequest): Responder {
    const { pathname, searchParams } = new URL(url, this.store.url);
    const xorb = this.xorbs.get(pathname.split('/').at(-1)!);
    const isSigned = searchParams.get('Signature') === `s${this.epoch}~`;
    const signed = (searchParams.get('X-Xet-Signed-Range') ?? '').replace('bytes=', '').split(',');
    const requested = (headers.range ?? '').replace('bytes=', '').split(',');
    if (!xorb || !isSigned || !requested.every((range) => signed.includes(range)))
      return bytes(403, 'AccessDenied', { 'content-type': 'application/xml' });
    const spans = requested.map((range) => parseRange(`bytes=${range}`, xorb.bytes.length) as Span);
    const total = xorb.bytes.length;
    if (spans.length === 1) {
      const [{ start, end }] = spans as [Span];
      return bytes(206, xorb.bytes.subarray(start, end + 1), {
        'content-range': `bytes ${start}-${end}/${total}`,
        'content-type': 'application/octet-stream',
        etag: `"${xorb.hash}"`,
      });
    }
    const parts = spans.flatMap(({ start, end }) => [
      Buffer.from(
        `\r\n--B\r\ncontent-type: application/octet-stream\r\ncontent-range: bytes ${start}-${end}/${total}\r\n\r\n`,
      ),
      xorb.bytes.subarray(start, end + 1),
    ]);
    const body = Buffer.concat([...parts, Buffer.from('\r\n--B--\r\n')]);
    return bytes(206, body, { 'content-type': 'multipart/byteranges; boundary=B' });
  }
}
