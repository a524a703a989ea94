import { Injectable } from '@nestjs/common';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import type { Operation } from '../../domain/operation.js';
import type { UserSummary } from '../../domain/account.js';
import { HubError } from '../../domain/hub-error.js';
import { rewriteNextLink } from '../../domain/rewrite-link.js';
import { sourceHeaders, sourceMarks, tagSource } from '../../domain/tag-source.js';
import type { Source } from '../../domain/source.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { CredentialCheck } from '../../platform/http/credential-check.service.js';
import { ExternalNames, type NamedBySource } from '../../users/external-names.service.js';
import type { ClientInfo } from './client-info.js';
import { COMPARISON_HEADERS, comparisonStream } from './comparison-reply.js';
import { nameOfPerson, replacePeople, withAbsoluteAvatars } from './people-in-reply.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { countedReply } from './file-downloads.js';
import type { FileRequest } from './file-request.js';
import { SourceFilesService } from './source-files.service.js';
import { SourceXetEntries } from './source-xet-entries.service.js';

/** Serves reads of external repositories, in the same format as those of local ones. */
@Injectable()
export class SourceReadService {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly files: SourceFilesService,
    private readonly metrics: FallbackMetrics,
    private readonly names: ExternalNames,
    private readonly credentials: CredentialCheck,
    private readonly xet: SourceXetEntries,
    private readonly downloads: DownloadCounts,
  ) {}

  /**
   * Returns `undefined` if no source applies to the request.
   *
   * @throws HubError the failure that the sources reported; `BadRequest` if a credential would be sent to them
   */
  read(request: FallbackRequest, client: ClientInfo): Promise<WireReply | undefined> {
    request.turn?.pause();
    return this.metrics.count(request.operation.kind, () => this.respond(request, client));
  }

  private async respond(request: FallbackRequest, client: ClientInfo): Promise<WireReply | undefined> {
    await this.credentials.checkTexts(forwardedTexts(request.operation));
    this.checkNames(request.operation);
    if (isFileRequest(request)) return this.file(request, client);
    const resolved = await this.resolver.resolve(request);
    if (!resolved) return undefined;
    const { source, reply } = resolved;
    const onSend = reply.hold && { onSend: () => reply.hold!.claim() };
    if (request.operation.kind === 'compare') {
      const headers = { ...COMPARISON_HEADERS, ...sourceHeaders(source, reply) };
      return { status: 200, headers, stream: comparisonStream(reply.json as string), ...onSend };
    }
    const link = rewriteNextLink(reply.headers['link'], source.url, client.urls.url(client.path));
    const total = reply.headers['x-total-count'];
    return {
      status: 200,
      headers: {
        ...sourceHeaders(source, reply),
        ...(link && { link }),
        ...(total !== undefined && { 'x-total-count': total }),
      },
      json: await this.jsonOf(reply.json, request, { source, urls: client.urls }),
      ...onSend,
    };
  }

  private async file(request: FileRequest, client: ClientInfo): Promise<WireReply | undefined> {
    const reply = await this.files.deliver(request, client);
    if (!reply || client.isPreview) return reply;
    const { operation, caller } = request;
    const of = { repo: operation.repo, source: reply.served?.source ?? reply.headers['x-source'] ?? '' };
    return countedReply(this.downloads, { operation, of, by: { caller, address: client.address } }, reply);
  }

  /** Parameters of discussions are free text, in which a name of this hub would reach the source. */
  private checkNames({ kind, query, repo: { namespace } }: Operation): void {
    if (
      kind !== 'discussions' ||
      this.resolver.maySendTexts(
        namespace,
        query.map(([, value]) => value),
      )
    )
      return;
    const message = 'A parameter contains a name that is reserved for this hub, so that it is not sent to other hubs.';
    throw new HubError('BadRequest', message);
  }

  private async jsonOf(
    json: unknown,
    request: FallbackRequest,
    { source, urls }: { readonly source: Source; readonly urls: UrlBuilder },
  ): Promise<unknown> {
    const { kind } = request.operation;
    const of = { kind: 'user', source, urls } as const;
    if (kind === 'likers') return this.names.mark(json as UserSummary[], ({ user }) => user, of, request);
    const visible = await this.xet.visible(json, request.operation, source);
    const marked = await this.withMarkedPeople(visible, request, of);
    return kind === 'info' || kind === 'revision' || kind === 'treesize' ? tagSource(marked, source) : marked;
  }

  /** Marks the accounts within a reply as those of the source, so that they are not taken for accounts of this hub (ADR 21). */
  private async withMarkedPeople(json: unknown, request: FallbackRequest, of: NamedBySource): Promise<unknown> {
    const { kind } = request.operation;
    const names: (string | undefined)[] = [];
    replacePeople(kind, json, (person) => {
      names.push(nameOfPerson(person));
      return person;
    });
    if (names.length === 0) return json;
    const marks = await this.names.marksOf(
      names.filter((name) => name !== undefined),
      of,
      request,
    );
    return replacePeople(kind, json, (person) => {
      const profile = marks.get(nameOfPerson(person) ?? '')?._profile_url;
      const marked = { ...withAbsoluteAvatars(person, of.source.url), ...sourceMarks(of.source) };
      return profile === undefined ? marked : { ...marked, _profile_url: profile };
    });
  }
}

/** Texts of a request that sources receive although they are not in its URL, which `CallerGuard` has checked. */
const forwardedTexts = (operation: Operation): readonly string[] => {
  if (operation.kind === 'pathsInfo') return operation.paths;
  return operation.kind === 'resolve' ? Object.values(operation.conditions as Readonly<Record<string, string>>) : [];
};

const isFileRequest = (request: FallbackRequest): request is FileRequest => request.operation.kind === 'resolve';
