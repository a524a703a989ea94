import { Inject, Injectable } from '@nestjs/common';
import type { RepoMatch } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { sourceLabel } from '../../fallback/sources/source-label.js';
import { HubError } from '../../domain/hub-error.js';
import type { Source } from '../../domain/source.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import type { Reply, ReplyHeaders } from '../../domain/upstream.js';
import { DIRECT_TRANSFER, LINK_SECONDS, type DirectTransfer } from '../../platform/storage/direct-transfer.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import type { CachedFile, FetchedBytes } from '../content-cache/cached-file.js';
import { BackgroundFills } from '../content-cache/background-fills.service.js';
import { BackgroundPace } from '../content-cache/background-pace.service.js';
import { ContentCacheFigures } from '../content-cache/content-cache-figures.service.js';
import { ContentCacheMetrics } from '../content-cache/content-cache-metrics.service.js';
import { ContentCache } from '../content-cache/content-cache.service.js';
import type { ClientInfo } from './client-info.js';
import type { FileRequest } from './file-request.js';
import { mayRedirectTo, transferFor } from './may-redirect-head.js';
import { fileResponse, mayRedirectToStore, redirectToStore } from './local-file-response.js';

const COMMIT = /^[0-9a-f]{40}$/;
const DEFAULT_TYPE = 'application/octet-stream';

/** A file as its source describes it. */
interface DescribedFile {
  readonly commit: string;
  /** SHA-256 or git id, without quotes. */
  readonly etag: string;
  readonly size: number;
}

/** Delivers files of sources from the content cache, and fills it. */
@Injectable()
export class CachedFilesService {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly cache: ContentCache,
    private readonly background: BackgroundFills,
    private readonly pace: BackgroundPace,
    private readonly metrics: ContentCacheMetrics,
    private readonly figures: ContentCacheFigures,
    @Inject(DIRECT_TRANSFER) private readonly transfer: DirectTransfer | undefined,
  ) {}

  /**
   * Returns `undefined` if the file is not cached, and must be requested from the source: it cannot be cached, or with the delivery `cache-async`, this
   * happens in the background.
   *
   * Clients get a link to the bucket if it has its own address and the cache has the whole file.
   *
   * @throws HubError the error of the source; `RangeNotSatisfiable`, `PreconditionFailed`
   */
  async deliver(match: RepoMatch, request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    const { operation } = request;
    if (operation.raw) return undefined;
    const { source } = match;
    const reply = match.reply ?? (await this.resolver.probe(source, request));
    const file = describe(reply.headers);
    if (!file) return undefined;
    const planned = fileResponse({ ...file, contentType: reply.headers['content-type'] ?? DEFAULT_TYPE }, operation);
    const headers = { ...planned.headers, ...sourceHeaders(source, reply) };
    if (!planned.range) return { status: planned.status, headers };
    const cachedFile = this.cachedFile(source, request, file);
    const read = await this.cache.find(cachedFile, planned.range, request.signal);
    if (!read) return undefined;
    if (read.state === 'fill' && source.delivery === 'cache-async' && isSentElsewhere(match, reply, client)) {
      const { client: _client, ...background } = request; // the connections of the client are for its own downloads
      this.background.add(this.cachedFile(source, { ...background, isBackground: true }, file));
      return undefined;
    }
    const { header, sha256, contentType = DEFAULT_TYPE } = read;
    this.metrics.count(source.name, header);
    const all = { ...headers, 'content-type': contentType, 'x-cache': header };
    const served = { kind: header === 'hit' ? 'held' : 'relayed', source: sourceLabel(source) } as const;
    const onSent = (bytes: number): void => this.figures.add('servedBytes', bytes);
    const transfer = sha256 === undefined ? undefined : transferFor(this.transfer, client);
    if (transfer && sha256 === file.etag && mayRedirectToStore(operation))
      return {
        ...(await redirectToStore(all, (notes) => transfer.downloadLink(sha256, notes, LINK_SECONDS), served)),
        onSent,
      };
    return { status: planned.status, headers: all, stream: await read.open(), served, onSent };
  }

  /**
   * A file to be cached without a client. Returns `undefined` if it cannot be cached.
   * @throws HubError the error of the source
   */
  async fileOf({ source, reply }: RepoMatch, request: FileRequest): Promise<CachedFile | undefined> {
    const file = describe((reply ?? (await this.resolver.probe(source, request))).headers);
    return file && this.cachedFile(source, request, file);
  }

  private cachedFile(source: Source, request: FileRequest, { commit, etag, size }: DescribedFile): CachedFile {
    // by commit, since a branch may move while the file is read
    const operation = { ...request.operation, revision: commit, method: 'GET' } as const;
    const proxied: Source = { ...source, delivery: 'proxy' };
    const isWhole = ({ start, end }: ByteRange): boolean => start === 0 && end === size - 1;
    return {
      identity: { sourceKey: cacheKeyOf(source), etag, size },
      name: { repo: operation.repo, path: operation.path, commit, revision: request.operation.revision },
      fetch: async (range, signal, isAwaited) => {
        const conditions = isWhole(range) ? {} : { range: `bytes=${range.start}-${range.end}` };
        const { caller, client, via, parameter, isBackground } = request;
        const context = { caller, client, via, parameter, signal, isBackground, isAwaited };
        const reply = await this.resolver.fetchFrom(proxied, { ...context, operation: { ...operation, conditions } });
        const fetched = bytesOf(reply, { etag, size }, isWhole(range) ? undefined : range);
        const bytes = this.counted(fetched.bytes);
        if (isBackground !== true) return { ...fetched, bytes };
        return { ...fetched, bytes: this.pace.slowed(bytes, () => isAwaited?.() === true, signal) };
      },
    };
  }

  private async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.figures.add('sourceBytes', piece.byteLength);
      yield piece;
    }
  }
}

/** Whether the client is redirected to the bytes, instead of getting them from this hub. */
const isSentElsewhere = ({ source }: RepoMatch, { location }: Reply, client: ClientInfo): boolean => {
  if (client.mustProxy || client.mayRepeatCredentials) return false;
  const isOtherHost = location !== undefined && new URL(location).origin !== new URL(source.url).origin;
  return isOtherHost ? mayRedirectTo(location, client) : !source.hasCredentials && !client.hadAuthorization;
};

/** `undefined` if the source does not report what identifies the file. */
function describe(headers: ReplyHeaders): DescribedFile | undefined {
  const commit = headers['x-repo-commit'] ?? '';
  const size = Number(headers['x-linked-size'] ?? headers['content-length'] ?? NaN);
  const etag = etagOf(headers);
  return COMMIT.test(commit) && Number.isSafeInteger(size) && etag !== undefined ? { commit, etag, size } : undefined;
}

const etagOf = (headers: ReplyHeaders): string | undefined =>
  (headers['x-linked-etag'] ?? headers['etag'])?.replace(/^W\//, '').replaceAll('"', '');

/** @throws HubError `UpstreamFailed` if the source sends another range or another file */
function bytesOf(reply: Reply, { etag, size }: { etag: string; size: number }, range?: ByteRange): FetchedBytes {
  const { status, headers, stream } = reply;
  const expected = range ? `bytes ${range.start}-${range.end}/${size}` : undefined;
  const isExpected = range ? status === 206 && headers['content-range'] === expected : status === 200;
  if (!stream || !isExpected || (etagOf(headers) ?? etag) !== etag) {
    stream?.destroy();
    throw new HubError('UpstreamFailed', 'The source sent other bytes of the file than the hub has requested.');
  }
  return { bytes: stream, contentType: headers['content-type'] };
}
