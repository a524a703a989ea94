import { Inject, Injectable } from '@nestjs/common';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { HubError } from '../../domain/hub-error.js';
import type { Conditions } from '../../domain/query.js';
import { parseByteRange } from '../../platform/http/byte-range.js';
import { matchesIfNoneMatch, quotedEtag } from '../../platform/http/etag.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import {
  DIRECT_TRANSFER,
  directTransferFor,
  LINK_SECONDS,
  type DirectTransfer,
} from '../../platform/storage/direct-transfer.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { clientAddress } from '../../platform/http/client-address.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { LfsLinksService, type LfsClaims } from './lfs-links.service.js';
import { AccessGrants, holderOf } from '../store/access-grants.store.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';

const OCTET_STREAM = 'application/octet-stream';

/** Serves large files to callers with a download link. */
@Injectable()
export class LfsDownloadsService {
  constructor(
    private readonly links: LfsLinksService,
    private readonly objects: LfsObjectsService,
    private readonly grants: AccessGrants,
    private readonly counts: DownloadCounts,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(DIRECT_TRANSFER) private readonly direct: DirectTransfer | undefined,
  ) {}

  /**
   * The file with status 200, 206 or 304, or a 302 to the object store if clients can reach it.
   *
   * @throws HubError `Forbidden` for an invalid link, as `AccessGrants.check`, `NotFound` if the file is no longer in the repository, `RangeNotSatisfiable`
   */
  async download(capability: string, request: HubRequest): Promise<WireReply> {
    const claims = this.links.readDownload(capability);
    await this.grants.check(claims, 'read');
    const reply = await this.reply(claims, request.headers, request.urls);
    return reply.served ? { ...reply, onSent: (bytes) => this.count(claims, request, reply, bytes) } : reply;
  }

  private count(claims: LfsClaims, request: HubRequest, { headers }: WireReply, bytes: number): void {
    const { repository, oid } = claims;
    const caller = holderOf(request.caller, claims);
    const isStart = (headers['content-range'] ?? 'bytes 0-').startsWith('bytes 0-');
    const file = { path: oid, delivery: 'own', isStart, over: 'lfs' } as const;
    this.counts.sent({ repositoryId: repository }, { caller, address: clientAddress(request) }, file, bytes);
  }

  private async reply(claims: LfsClaims, conditions: Conditions, urls: UrlBuilder): Promise<WireReply> {
    const { repository, oid, size } = claims;
    if (!(await this.objects.present(repository, [oid])).has(oid))
      throw new HubError('NotFound', `The large file ${oid} no longer exists`);
    const headers = fileHeaders(oid);
    if (matchesIfNoneMatch(conditions['if-none-match'], oid)) return { status: 304, headers };
    const ifRange = conditions['if-range'] ?? quotedEtag(oid);
    const range = ifRange.trim() === quotedEtag(oid) ? parseByteRange(conditions.range, size) : undefined;
    if (range === 'unsatisfiable') throw new HubError('RangeNotSatisfiable', `The file has ${size} bytes.`, { size });
    const direct = directTransferFor(this.direct, urls);
    // if the storage has lost bytes, the store itself would respond without words
    if (direct && size > 0 && !conditions['if-range'] && (await this.blobs.size(oid)) === size) {
      const location = await direct.downloadLink(oid, { contentType: OCTET_STREAM }, LINK_SECONDS);
      return {
        status: 302,
        headers: { location, etag: quotedEtag(oid), 'cache-control': 'no-store' },
        served: { kind: 'own', bytes: range ? range.end - range.start + 1 : size },
      };
    }
    const stream = await waitForFirstChunk(openContent(this.blobs, { sha256: oid, size }, range));
    const served = { kind: 'own' } as const;
    if (!range) return { status: 200, headers: { ...headers, 'content-length': String(size) }, stream, served };
    const { start, end } = range;
    const rangeHeaders = {
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${size}`,
    };
    return { status: 206, headers: { ...headers, ...rangeHeaders }, stream, served };
  }
}

const fileHeaders = (oid: string): Record<string, string> => ({
  'accept-ranges': 'bytes',
  'cache-control': 'private, max-age=86400, immutable',
  'content-type': OCTET_STREAM,
  etag: quotedEtag(oid),
  ...FILE_SECURITY_HEADERS,
});
