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
import type { ServedKind } from '../../platform/http/hub-request.js';
import { ContentCacheMetrics } from '../content-cache/content-cache-metrics.service.js';
import { CachedFilesService } from './cached-files.service.js';
import type { FileRequest } from './file-request.js';
import { matchesIfNoneMatch } from '../../platform/http/etag.js';
import { mayRedirectHead, mayRedirectTo } from './may-redirect-head.js';
import { withLinkedHeaders } from './relay-headers.js';
import { bytesAt, fileHeaders, headHeaders, notModified, redirectHeaders, sizeOf } from './source-file-headers.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { SourceRawFilesService } from './source-raw-files.service.js';
import { SourceXetOffers } from './source-xet-offers.service.js';
import { xetFileInfo } from './xet-file-info.js';
import type { WireReply } from '../../platform/http/send-reply.js';

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
    private readonly rawFiles: SourceRawFilesService,
  ) {}

  /** Returns `undefined` if no source applies to the request. */
  async deliver(requested: FileRequest, requester: ClientInfo): Promise<WireReply | undefined> {
    const request = await this.rawFiles.asResolve(requested);
    const client = requested.operation.raw ? { ...requester, acceptsXetInfo: false } : requester;
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
    const match = await this.settle(located, request, client);
    const info = match.reply && (await this.fileInfo(match.source, match.reply, request, client));
    if (info) return info;
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
      return this.redirect(source, request, client, match.reply);
    const found = await this.resolver.fetchFrom(source, request);
    const isAllowed = found.location === undefined || mayRedirectTo(found.location, client);
    const reply = isAllowed ? found : await this.resolver.fetchFrom(proxied(source), request);
    const late = await this.fileInfo(match.source, reply, request, client);
    if (late) {
      reply.stream?.destroy();
      return late;
    }
    const offer = await this.xet.offerOf(match.source, request.operation, reply.headers, client);
    const headers = { ...fileHeaders(source, reply, request.operation), ...offer?.headers };
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
    const { operation } = request;
    if (operation.raw) return undefined;
    const reply = match.reply ?? (await this.resolver.probe(source, request));
    const info = await this.fileInfo(source, reply, request, client);
    if (info) return info;
    const offer = await this.xet.offerOf(source, operation, reply.headers, client);
    const cached = await this.cached.deliver({ source, reply }, request, client);
    return cached && { ...cached, headers: { ...cached.headers, ...offer?.headers } };
  }

  /** The description of a file that is offered over Xet, for clients that accept it instead of the file. */
  private async fileInfo(
    source: Source,
    reply: Reply,
    { operation }: FileRequest,
    client: ClientInfo,
  ): Promise<WireReply | undefined> {
    if (!client.acceptsXetInfo || reply.status >= 400) return undefined;
    const offer = await this.xet.offerOf(source, operation, reply.headers, client);
    if (!offer?.info) return undefined;
    return xetFileInfo(offer, fileHeaders(source, reply, operation));
  }

  /**
   * Decides how the file is delivered. If that depends on its size, or the client may be offered a description instead, the file is requested from
   * the source.
   * @throws HubError `Forbidden` if it must not be downloaded; the error of the source
   */
  private async settle({ source, reply }: RepoMatch, request: FileRequest, client: ClientInfo): Promise<RepoMatch> {
    const { repo, path, conditions } = request.operation;
    const decision = this.deliveries.decide(source, { repo, path });
    // without the setting only very large files are offered, which is noticed later, unless the source replies that the file has not changed
    const isLikely = source.xet !== null || conditions['if-none-match'] !== undefined;
    const mayOffer = client.acceptsXetInfo && !source.offline && source.xet !== 'hide' && isLikely;
    const probe = reply ?? (decision && !mayOffer ? undefined : await this.resolver.probe(source, request));
    return { source: this.deliveries.settle(source, fileOf(request.operation, probe)), reply: probe };
  }

  /**
   * Redirects to the storage behind the source, or to the file's URL at the source. The redirect has the file's metadata, since some
   * clients never send a HEAD request (docs/adr/0016).
   * @param probe - the reply of a HEAD request that was just sent; without it, one is sent, shared by concurrent requests, unless its reply is cached
   */
  private async redirect(
    source: Source,
    request: FileRequest,
    client: ClientInfo,
    probe: Reply | undefined,
  ): Promise<WireReply> {
    const { operation } = request;
    const reply = probe ?? (await this.resolver.probe(source, request));
    const offer = await this.xet.offerOf(source, operation, reply.headers, client);
    const headers = { ...withLinkedHeaders(reply), ...sourceHeaders(source, reply), ...offer?.headers };
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

const fileOf = ({ repo, path }: FileOperation, reply: Reply | undefined): DeliverableFile => ({
  repo,
  path,
  size: reply && sizeOf(reply),
});

const proxied = (source: Source): Source => withDelivery(source, 'proxy');
