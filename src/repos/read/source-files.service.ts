import { Injectable } from '@nestjs/common';
import type { ClientInfo } from './client-info.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { Deliveries, withDelivery } from '../../fallback/sources/deliveries.service.js';
import type { RepoMatch } from '../../fallback/resolver/fallback-request.js';
import { SourceUrls } from '../../fallback/resolver/source-urls.service.js';
import { offlineError } from '../../domain/choose-failure.js';
import { isCached, isRedirected, type DeliverableFile } from '../../domain/delivery.js';
import type { FileOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply } from '../../domain/upstream.js';
import { sourceLabel } from '../../fallback/sources/source-label.js';
import { parseByteRange } from '../../platform/http/byte-range.js';
import type { ServedKind } from '../../platform/http/hub-request.js';
import { ContentCacheMetrics } from '../content-cache/content-cache-metrics.service.js';
import { CachedFilesService } from './cached-files.service.js';
import { contentDisposition } from './content-disposition.js';
import type { FileRequest } from './file-request.js';
import { matchesIfNoneMatch } from '../../platform/http/etag.js';
import { mayRedirectHead, mayRedirectTo } from './may-redirect-head.js';
import { relayFileHeaders, withLinkedHeaders } from './relay-headers.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { SourceXetOffers } from './source-xet-offers.service.js';
import { xetFileInfo } from './xet-file-info.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';

/** Delivers files of sources in the way that is safe for every client generation (ARCHITECTURE.md, "File delivery"). */
@Injectable()
export class SourceFilesService {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly urls: SourceUrls,
    private readonly cached: CachedFilesService,
    private readonly deliveries: Deliveries,
    private readonly metrics: ContentCacheMetrics,
    private readonly xet: SourceXetOffers,
  ) {}

  /** Returns `undefined` if no source applies to the request. */
  deliver(request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    return request.operation.method === 'HEAD' ? this.head(request, client) : this.get(request, client);
  }

  private async head(request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    const resolved = await this.resolver.resolve(request);
    if (!resolved) return undefined;
    const { reply } = resolved;
    const source = this.deliveries.settle(resolved.source, fileOf(request.operation, reply));
    const offer = await this.xet.offerOf(source, request.operation, reply.headers, client);
    const headers = { ...fileHeaders(source, reply, request.operation), ...offer?.headers };
    if (matchesIfNoneMatch(request.operation.conditions['if-none-match'], headers['etag'])) return notModified(headers);
    const target = reply.location;
    const isRedirect =
      target !== undefined &&
      mayRedirectTo(target, client) &&
      source.delivery === 'redirect' &&
      mayRedirectHead(target, source.url, client.urls);
    if (isRedirect)
      return { status: 302, headers: { ...redirectHeaders(headers), location: target, 'content-length': '0' } };
    return { status: 200, headers: headHeaders(reply, headers) };
  }

  private async get(request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    const located = await this.resolver.locate(request);
    if (!located) return undefined;
    const match = await this.settle(located, request);
    const { offline } = match.source;
    if (isCached(match.source.delivery) || offline) {
      const cached = await this.fromCache(match, request, client);
      if (cached) return cached;
      if (offline) throw offlineError(match.source.name);
      this.metrics.count(match.source.name, 'miss');
    }
    const mustProxy = client.mustProxy || client.mayRepeatCredentials;
    const source = mustProxy ? proxied(match.source) : match.source;
    if (isRedirected(source.delivery) && !source.hasCredentials && !client.hadAuthorization)
      return this.redirect(source, request, match.reply);
    const found = await this.resolver.fetchFrom(source, request);
    const isAllowed = found.location === undefined || mayRedirectTo(found.location, client);
    const reply = isAllowed ? found : await this.resolver.fetchFrom(proxied(source), request);
    const headers = fileHeaders(source, reply, request.operation);
    if (reply.location === undefined || reply.status === 304)
      return {
        status: reply.status,
        headers: { ...headers, 'x-cache': 'miss' },
        stream: reply.stream,
        served: servedFrom(source, 'relayed'),
      };
    return {
      status: 302,
      headers: { ...redirectHeaders(headers), location: reply.location },
      served: servedFrom(source, 'redirected', bytesAt(reply, request.operation)),
    };
  }

  /** The file from the content cache, or its description if it is offered over Xet and the client accepts that instead. */
  private async fromCache(match: RepoMatch, request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    const { source } = match;
    if (request.operation.raw) return undefined;
    const reply = match.reply ?? (await this.resolver.probe(source, request));
    const { operation } = request;
    const offer = await this.xet.offerOf(source, operation, reply.headers, client);
    if (offer && client.acceptsXetInfo) return xetFileInfo(offer, fileHeaders(source, reply, operation));
    const cached = await this.cached.deliver({ source, reply }, request, client);
    return cached && { ...cached, headers: { ...cached.headers, ...offer?.headers } };
  }

  /**
   * Decides how the file is delivered. If that depends on its size, it is requested from the source.
   * @throws HubError `Forbidden` if it must not be downloaded; the error of the source
   */
  private async settle({ source, reply }: RepoMatch, request: FileRequest): Promise<RepoMatch> {
    const { repo, path } = request.operation;
    const needsSize = !reply && this.deliveries.decide(source, { repo, path }) === undefined;
    const probe = needsSize ? await this.resolver.probe(source, request) : reply;
    return { source: this.deliveries.settle(source, fileOf(request.operation, probe)), reply: probe };
  }

  /**
   * Redirects to the storage behind the source, or to the file's URL at the source. The redirect has the file's metadata, since some
   * clients never send a HEAD request (docs/adr/0016).
   * @param probe - the reply of a HEAD request that was just sent; without it, one is sent, shared by concurrent requests, unless its reply is cached
   */
  private async redirect(source: Source, request: FileRequest, probe: Reply | undefined): Promise<WireReply> {
    const { operation } = request;
    const reply = probe ?? (await this.resolver.probe(source, request));
    const headers = { ...withLinkedHeaders(reply), ...sourceHeaders(source, reply) };
    if (matchesIfNoneMatch(operation.conditions['if-none-match'], headers['etag'])) return notModified(headers);
    const isOtherHost = reply.location !== undefined && new URL(reply.location).origin !== new URL(source.url).origin;
    const location = isOtherHost ? reply.location! : this.urls.fileUrl(source, operation);
    return {
      status: 302,
      headers: { ...redirectHeaders(headers), location },
      served: servedFrom(source, 'redirected', bytesAt(reply, operation)),
    };
  }
}

const servedFrom = (source: Source, kind: ServedKind, bytes?: number): NonNullable<WireReply['served']> => ({
  kind,
  source: sourceLabel(source),
  bytes,
});

/** Bytes that the client will download: its range, or the whole file. `undefined` if the source does not report the size. */
function bytesAt(reply: Reply, { conditions }: FileOperation): number | undefined {
  const size = sizeOf(reply);
  if (size === null) return undefined;
  const range = parseByteRange(conditions.range, size);
  if (range === 'unsatisfiable') return 0;
  return range ? range.end - range.start + 1 : size;
}

/** Bytes of the whole file; null if the source does not report them. */
function sizeOf({ status, headers }: Reply): number | null {
  const size = Number(headers['x-linked-size'] ?? (status < 300 ? headers['content-length'] : undefined));
  return Number.isSafeInteger(size) ? size : null;
}

const fileOf = ({ repo, path }: FileOperation, reply: Reply | undefined): DeliverableFile => ({
  repo,
  path,
  size: reply && sizeOf(reply),
});

const proxied = (source: Source): Source => withDelivery(source, 'proxy');

const fileHeaders = (source: Source, reply: Reply, { path, query }: FileOperation): Record<string, string> => ({
  ...relayFileHeaders(reply.headers),
  ...sourceHeaders(source, reply),
  ...FILE_SECURITY_HEADERS,
  'content-disposition': contentDisposition(path.at(-1)!, query, reply.headers['content-type']),
});

/** Drops the headers that describe the body of a redirect, not the file. */
function redirectHeaders(headers: Record<string, string>): Record<string, string> {
  const { 'content-type': _type, 'content-length': _length, 'content-range': _range, ...rest } = headers;
  return { ...rest, 'cache-control': 'no-store', 'x-cache': 'redirect' };
}

function headHeaders(reply: Reply, headers: Record<string, string>): Record<string, string> {
  if (reply.status < 300) return headers;
  const { 'cache-control': _control, 'x-cache': _cache, ...rest } = redirectHeaders(headers);
  const size = reply.headers['x-linked-size'];
  return size === undefined ? rest : { ...rest, 'content-length': size };
}

const notModified = (headers: Record<string, string>): WireReply => {
  const { 'content-length': _length, ...rest } = headers;
  return { status: 304, headers: rest };
};
