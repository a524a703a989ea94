import { MAX_READ_BYTES, type BytesRequest, type ReadableFile } from './facts-messages.js';

/** Addresses that the libraries request. Nothing is sent to them. */
const HUB = 'http://files';
const REPO = 'local/model';
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

type ReadBytes = (request: Omit<BytesRequest, 'id'>) => Promise<Uint8Array>;

/** Lets libraries that read repositories over HTTP read files of the hub instead, within limits. */
export class FileFetch {
  readonly hub = HUB;
  readonly repo = REPO;
  private total = 0;

  constructor(
    private readonly files: readonly ReadableFile[],
    private readonly readBytes: ReadBytes,
  ) {}

  urlOf(path: string): string {
    return `${HUB}/${REPO}/resolve/main/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  has(path: string): boolean {
    return this.files.some((file) => file.path === path);
  }

  /** Size of all files with such a name, in bytes. */
  sizeOf(names: RegExp): number {
    return this.files.reduce((sum, { path, size }) => (names.test(path) ? sum + size : sum), 0);
  }

  /** The content of a small file; undefined if it is missing or longer. */
  async text(path: string, maxBytes: number): Promise<string | undefined> {
    const file = this.files.find((candidate) => candidate.path === path);
    if (!file || file.size > maxBytes || file.size === 0) return undefined;
    return Buffer.from(await this.read({ path, start: 0, end: file.size - 1 })).toString('utf8');
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const path = pathname.split('/').slice(5).map(decodeURIComponent).join('/');
    const file = this.files.find((candidate) => candidate.path === path);
    if (!file) return new Response(null, { status: 404, headers: { 'x-error-code': 'EntryNotFound' } });
    const { size } = file;
    const headers = { etag: '"file"', 'accept-ranges': 'bytes', 'content-length': String(size) };
    if (init?.method === 'HEAD') return new Response(null, { headers });
    const range = /^bytes=(\d+)-(\d*)$/.exec(new Headers(init?.headers).get('range') ?? '');
    if (!range) return new Response(await this.bodyOf({ path, start: 0, end: size - 1 }), { headers });
    const start = Number(range[1]);
    const end = Math.min(range[2] ? Number(range[2]) : size - 1, size - 1);
    if (start > end) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
    const length = { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` };
    return new Response(await this.bodyOf({ path, start, end }), { status: 206, headers: { ...headers, ...length } });
  };

  private async bodyOf(part: Omit<BytesRequest, 'id'>): Promise<ArrayBuffer> {
    const bytes = await this.read(part);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  private read(part: Omit<BytesRequest, 'id'>): Promise<Uint8Array> {
    const length = part.end - part.start + 1;
    this.total += length;
    if (length > MAX_READ_BYTES || this.total > MAX_TOTAL_BYTES) throw new Error('The header is too long');
    return length <= 0 ? Promise.resolve(new Uint8Array()) : this.readBytes(part);
  }
}
