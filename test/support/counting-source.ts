import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RecordedRequest, Responder } from './fake-upstream.js';

const COMMIT = 'a'.repeat(40);

/** Files of a fake source by path, with support for ranges. Counts what it sends. */
export class CountingSource {
  readonly files = new Map<string, Buffer>();
  /** Bytes of all bodies that were sent. */
  sent = 0;
  /** The requests for file contents, as method and `Range`. */
  readonly gets: string[] = [];
  /** Called before each piece of a body; a test can wait in it. */
  beforePiece: (offset: number) => unknown = () => undefined;
  /** Changes the bytes that are sent, but not their digest. */
  corrupt = false;

  readonly reply: Responder = async (response, request) => {
    const content = this.files.get(decodeURIComponent(request.url.split('/').at(-1)!));
    if (!content) return response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    const headers = this.describe(content);
    if (request.method === 'HEAD')
      return response.writeHead(200, { ...headers, 'content-length': content.length }).end();
    return this.send(content, headers, request, response);
  };

  private describe(content: Buffer): Record<string, string> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return {
      'x-repo-commit': COMMIT,
      etag: `"${sha256}"`,
      'x-linked-etag': `"${sha256}"`,
      'x-linked-size': String(content.length),
      'content-type': 'application/x-test',
      'accept-ranges': 'bytes',
    };
  }

  private async send(
    content: Buffer,
    headers: Record<string, string>,
    { headers: { range } }: RecordedRequest,
    response: ServerResponse,
  ): Promise<void> {
    this.gets.push(range ?? 'all');
    const [, first = '0', last = ''] = /bytes=(\d+)-(\d*)/.exec(range ?? '') ?? [];
    const start = Number(first);
    const end = last === '' ? content.length - 1 : Number(last);
    const length = { 'content-length': end - start + 1 };
    if (range === undefined) response.writeHead(200, { ...headers, ...length });
    else response.writeHead(206, { ...headers, ...length, 'content-range': `bytes ${start}-${end}/${content.length}` });
    await pipeline(Readable.from(this.pieces(content.subarray(start, end + 1), start)), response).catch(
      () => undefined,
    );
  }

  private async *pieces(content: Buffer, start: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 65_536) {
      await this.beforePiece(start + at);
      const piece = Buffer.from(content.subarray(at, at + 65_536));
      if (this.corrupt) piece[0]! ^= 1;
      this.sent += piece.length;
      yield piece;
    }
  }
}
