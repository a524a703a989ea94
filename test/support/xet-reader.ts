import { sendRequest, type HttpResponse, type RequestOptions } from './send-request.js';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A term of a description of a file, in the same form for both versions of the protocol. */
export interface XetTermInfo {
  readonly xorb: string;
  readonly length: number;
  readonly chunks: Range;
  readonly url: string;
  /** Both inclusive. */
  readonly bytes: Range;
}

interface Place {
  readonly chunks: Range;
  readonly url: string;
  readonly bytes: Range;
}

interface Description {
  readonly offset_into_first_range: number;
  readonly terms: readonly { readonly hash: string; readonly unpacked_length: number; readonly range: Range }[];
  readonly fetch_info?: Readonly<
    Record<string, readonly { readonly range: Range; readonly url: string; readonly url_range: Range }[]>
  >;
  readonly xorbs?: Readonly<
    Record<string, readonly { readonly url: string; readonly ranges: readonly { chunks: Range; bytes: Range }[] }[]>
  >;
}

const placesOf = ({ fetch_info, xorbs }: Description, hash: string): Place[] => [
  ...(fetch_info?.[hash] ?? []).map(({ range, url, url_range }) => ({ chunks: range, url, bytes: url_range })),
  ...(xorbs?.[hash] ?? []).flatMap(({ url, ranges }) => ranges.map((range) => ({ url, ...range }))),
];

/** A Xet client for downloads, which checks what other clients rely on. */
export class XetReader {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** A reader with a token for a repository, such as `models/ns/name`. */
  static async of(url: string, repo: string, headers: Readonly<Record<string, string>> = {}, revision = 'main') {
    const response = await sendRequest(url, `/api/${repo}/xet-read-token/${revision}`, { headers });
    if (response.status !== 200) throw new Error(`${response.status}: ${response.body.toString()}`);
    const { casUrl, accessToken } = response.json() as { casUrl: string; accessToken: string };
    return new XetReader(casUrl, accessToken);
  }

  describe(id: string, range?: string, version = 2): Promise<HttpResponse> {
    const headers = { authorization: `Bearer ${this.token}`, ...(range !== undefined && { range }) };
    return this.send(`${this.url}/v${version}/reconstructions/${id}`, { headers });
  }

  /** The terms of a file, and the offset in the first one. */
  async terms(id: string, range?: string, version = 2): Promise<{ offset: number; terms: XetTermInfo[] }> {
    const response = await this.describe(id, range, version);
    if (response.status !== 200) throw new Error(`${response.status}: ${response.body.toString()}`);
    const description = response.json() as Description;
    const terms = description.terms.map(({ hash, unpacked_length, range: chunks }) => {
      const place = placesOf(description, hash).find(
        (found) => found.chunks.start <= chunks.start && found.chunks.end >= chunks.end,
      );
      if (!place) throw new Error(`no place of the chunks ${chunks.start} to ${chunks.end} of ${hash}`);
      return { ...place, xorb: hash, length: unpacked_length };
    });
    return { offset: description.offset_into_first_range, terms };
  }

  /** The bytes of a file, or of a range. */
  async read(id: string, range?: string, version = 2): Promise<Buffer> {
    const { offset, terms } = await this.terms(id, range, version);
    const parts: Buffer[] = [];
    for (const term of terms) parts.push(await this.chunks(term));
    return Buffer.concat(parts).subarray(offset);
  }

  async part({ url, bytes }: Pick<XetTermInfo, 'url' | 'bytes'>, options: RequestOptions = {}): Promise<HttpResponse> {
    const headers = { range: `bytes=${bytes.start}-${bytes.end}`, ...options.headers };
    return this.send(url, { ...options, headers });
  }

  /** The decoded chunks of a term. */
  private async chunks(term: XetTermInfo): Promise<Buffer> {
    const { status, body } = await this.part(term);
    if (status !== 206) throw new Error(`${status}: ${body.toString()}`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length;) {
      const [stored, size] = [body.readUIntLE(at + 1, 3), body.readUIntLE(at + 5, 3)];
      if (body[at] !== 0 || body[at + 4] !== 0 || stored !== size || size > 128 * 1024)
        throw new Error(`chunk ${chunks.length} has a wrong header`);
      chunks.push(body.subarray(at + 8, at + 8 + size));
      at += 8 + size;
    }
    const content = Buffer.concat(chunks);
    const count = term.chunks.end - term.chunks.start;
    if (chunks.length !== count || content.length !== term.length) throw new Error('chunks are missing');
    return content;
  }

  private send(url: string, options: RequestOptions): Promise<HttpResponse> {
    const { origin, pathname, search } = new URL(url);
    return sendRequest(origin, pathname + search, options);
  }
}
