import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { parseByteRange, type ByteRange } from '../../platform/http/byte-range.js';
import { matchesIfNoneMatch } from '../../platform/http/etag.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import { sentOffset, sentRange, windowOf, type FilePart } from './file-part.js';
import { FileLayouts } from './file-layouts.service.js';
import type { RelayedXetFile, StoredXetFile } from './xet-file.js';
import { XetMetrics } from './xet-metrics.service.js';
import { XetProviders } from './xet-providers.service.js';
import { XorbLinks, type XorbClaims } from './xorb-links.service.js';
import { xorbHeaders } from './xorb-headers.js';
import { contentRange, XorbWriter } from './xorb-writer.js';

/** Sends the chunks of files. */
@Injectable()
export class XorbReads {
  constructor(
    private readonly links: XorbLinks,
    private readonly providers: XetProviders,
    private readonly metrics: XetMetrics,
    private readonly layouts: FileLayouts,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * @param id - of the part
   * @throws HubError `Forbidden` for an invalid link, and for bytes that it does not permit; `NotFound` if the file was deleted; as `XetProvider.find`
   */
  async read(capability: string, id: string, request: HubRequest): Promise<WireReply> {
    const claims = this.links.verify(capability);
    const file = await this.providers.of(claims).findAgain(claims, claims.id, request);
    if (!('sha256' in file)) return this.relayed(file, claims, id, request);
    const part = await this.layouts.part(file, id);
    if (!part) throw new HubError('NotFound', 'This part of the file does not exist.');
    const range = permittedRange(part, claims, request.headers.range);
    const headers = xorbHeaders(part.xorb);
    if (matchesIfNoneMatch(request.headers['if-none-match'], part.xorb)) return { status: 304, headers };
    const length = String(range.end - range.start + 1);
    const total = sentOffset(part.chunks, part.chunks.count);
    return {
      status: 206,
      headers: { ...headers, 'content-length': length, 'content-range': `bytes ${range.start}-${range.end}/${total}` },
      ...(request.method !== 'HEAD' && { stream: await this.open(file, part, range) }),
      encode: () => new XorbWriter(part.chunks, range),
      served: file.served,
      onSent: (bytes) => this.metrics.sent(file.served, bytes),
    };
  }

  private async relayed(
    file: RelayedXetFile,
    { range }: XorbClaims,
    part: string,
    request: HubRequest,
  ): Promise<WireReply> {
    const reply = await file.read(part, range, request);
    return { ...reply, served: file.served, onSent: (bytes) => this.metrics.sent(file.served, bytes) };
  }

  /** The content of a range, which the writer completes with the headers of chunks. */
  private async open(file: StoredXetFile, part: FilePart, sent: ByteRange): Promise<Readable> {
    const range = contentRange(part, sent);
    return range ? waitForFirstChunk(openContent(this.blobs, file, range)) : Readable.from([]);
  }
}

/** @throws HubError `Forbidden` if a link does not permit all bytes of the requested range */
function permittedRange(part: FilePart, { range }: XorbClaims, header: string | undefined): ByteRange {
  const total = sentOffset(part.chunks, part.chunks.count);
  const requested = parseByteRange(header, total) ?? { start: 0, end: total - 1 };
  if (requested === 'unsatisfiable')
    throw new HubError('RangeNotSatisfiable', `This part of the file has ${total} bytes.`, { size: total });
  const overlaps = range.start < part.start + part.chunks.bytes && range.end >= part.start;
  const permitted = overlaps ? sentRange(part, windowOf(part, range)) : undefined;
  if (permitted && requested.start >= permitted.start && requested.end <= permitted.end) return requested;
  throw new HubError(
    'Forbidden',
    'The link does not permit these bytes. Request the range in the description of the file.',
  );
}
