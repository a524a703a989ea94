import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { FileOperation, Operation, PathsInfoOperation, RepoOperations } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import { REFUSALS } from '../../domain/refusals.js';
import { countedReply } from './file-downloads.js';
import { nextLink } from '../../domain/rewrite-link.js';
import { encodeQuery } from '../../domain/encode-path.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { flag } from '../../domain/query-flags.js';
import { COMPARISON_HEADERS } from './comparison-reply.js';
import { DIRECT_TRANSFER, type DirectTransfer } from '../../platform/storage/direct-transfer.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import type { ClientInfo } from './client-info.js';
import { transferFor } from './may-redirect-head.js';
import { localFileResponse, mayRedirectToStore, redirectToStore } from './local-file-response.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { LocalLikers } from './local-likers.service.js';
import { FolderSizes } from '../store/folder-sizes.service.js';
import { LocalComparison } from '../store/local-comparison.service.js';
import { LocalFilesService } from '../store/local-files.service.js';
import { LocalInfoService } from '../store/local-info.service.js';
import { ContentGate } from '../store/content-gate.service.js';
import type { LocalRepo, OpenRepo } from '../store/local-repo.js';
import type { RepoInfoResponse } from '../store/repo-info.js';
import type { TreeEntry } from '../store/wire/tree-entry.js';
import { maskedEntry, maskedSibling } from './masked-hashes.js';
import { isOtherCase, orLocal } from '../store/other-case.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { XetOffers } from '../xet-reads/xet-offers.service.js';
import { withXetHashes } from './xet-hashes.js';

interface LocalRead<Kind = Operation> extends Pick<FallbackRequest, 'caller'> {
  readonly operation: Kind;
}

/** Serves reads of local repositories. Their responses are final, including "not found" (invariant 4: local wins absolutely). */
@Injectable()
export class LocalReadService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly files: LocalFilesService,
    private readonly infos: LocalInfoService,
    private readonly downloads: DownloadCounts,
    private readonly offers: XetOffers,
    private readonly likers: LocalLikers,
    private readonly sizes: FolderSizes,
    private readonly comparisons: LocalComparison,
    @Inject(DIRECT_TRANSFER) private readonly transfer: DirectTransfer | undefined,
  ) {}

  /**
   * Returns `undefined` if this hub does not have the repository.
   *
   * @param external - reads from sources, which have precedence for an id in other capitals
   * @throws HubError as `RepoAccessService.find`, `ContentGate`, `LocalFilesService` and `LocalInfoService`
   */
  async read(
    { operation, caller }: FallbackRequest,
    client: ClientInfo,
    external: () => Promise<WireReply | undefined>,
  ): Promise<WireReply | undefined> {
    const repository = await this.access.find(operation.repo, caller);
    if (!repository) return undefined;
    const ofSource = isOtherCase(repository, operation.repo) ? await orLocal(external) : undefined;
    if (ofSource) return ofSource;
    const response = await this.respond(repository, { operation, caller }, client);
    if (response.stream instanceof Readable) await waitForFirstChunk(response.stream);
    if (operation.kind !== 'resolve' || client.isPreview) return response;
    const [of, by] = [{ repositoryId: repository.id }, { caller, address: client.address }];
    return countedReply(this.downloads, { operation, of, by }, response);
  }

  private async respond(
    repository: LocalRepo,
    { operation, caller }: LocalRead,
    client: ClientInfo,
  ): Promise<WireReply> {
    switch (operation.kind) {
      case 'resolve':
        return this.file(await this.gate.openFile(repository, operation.path, caller), operation, client);
      case 'info':
        return json(await this.info(repository, [], { operation, caller }));
      case 'revision':
        return json(await this.info(repository, operation.rest, { operation, caller }));
      case 'refs':
        return json(await this.infos.refs(repository, operation.query));
      case 'pathsInfo':
        return json(await this.pathsInfo(repository, operation, caller));
      case 'tree':
        return this.tree(repository, { operation, caller }, client);
      case 'treesize':
        return json(await this.sizes.sizeOf(repository, operation.rest));
      case 'commits': {
        const open = await this.gate.open(repository, caller);
        const { entries, total, nextPage } = await this.infos.commits(open, operation.rest, operation.query);
        const headers = nextPageLink(client, operation.query, 'p', nextPage);
        return json(entries, { 'x-total-count': String(total), ...headers });
      }
      case 'compare':
        return this.comparison(await this.gate.open(repository, caller), operation);
      case 'discussions':
        if (operation.number !== undefined) throw new HubError('NotImplemented', REFUSALS.discussions.message);
        return json({ discussions: [], count: 0, start: 0 });
      case 'likers': {
        const { likers, next } = await this.likers.page(repository, operation.query, client.urls);
        return json(likers, nextPageLink(client, operation.query, 'cursor', next));
      }
    }
  }

  private async tree(
    repository: LocalRepo,
    { operation: { rest, query }, caller }: LocalRead<RepoOperations['tree']>,
    client: ClientInfo,
  ): Promise<WireReply> {
    const { entries, nextCursor } = await this.files.tree(repository, rest, query);
    const offered = (await this.gate.isOpen(repository, caller))
      ? withXetHashes(entries, ({ oid, size }) => this.offers.offeredHash(oid, size))
      : entries.map(maskedEntry);
    return json(offered, nextPageLink(client, query, 'cursor', nextCursor));
  }

  private async comparison(repository: OpenRepo, { rest, query }: RepoOperations['compare']): Promise<WireReply> {
    const range = rest.join('/');
    const isRaw = flag(query, 'raw');
    const stream = await (isRaw
      ? this.comparisons.rawDiff(repository, range)
      : this.comparisons.unifiedDiff(repository, range));
    return { status: 200, headers: COMPARISON_HEADERS, stream };
  }

  private async info(repository: LocalRepo, rest: readonly string[], read: LocalRead): Promise<RepoInfoResponse> {
    const info = await this.infos.info(repository, rest, read.operation.query);
    if (!info.siblings || (await this.gate.isOpen(repository, read.caller))) return info;
    return { ...info, siblings: info.siblings.map(maskedSibling) };
  }

  private async pathsInfo(repository: LocalRepo, operation: PathsInfoOperation, caller: Caller): Promise<TreeEntry[]> {
    const entries = await this.files.pathsInfo(repository, operation.rest, operation.paths, operation.expand);
    if (!(await this.gate.isOpen(repository, caller))) return entries.map(maskedEntry);
    return withXetHashes(entries, ({ oid }) => this.offers.hashOf(oid)); // without a hash, Python clients refuse to copy a large file (`hf cp`)
  }

  private async file(repository: OpenRepo, operation: FileOperation, client: ClientInfo): Promise<WireReply> {
    const { revision, path, raw } = operation;
    const file = await this.files.file(repository, revision, path, raw);
    const link = transferFor(this.transfer, client) ? file.link : undefined;
    const place = { repo: repository.repo, commit: file.commit, urls: client.urls };
    const offer = raw ? undefined : this.offers.offerOf(file.lfs, place);
    const response = localFileResponse(file, operation, { offer, acceptsInfo: client.acceptsXetInfo });
    return link && response.stream && mayRedirectToStore(operation) && (await file.isStored())
      ? redirectToStore(response.headers, link, { kind: 'own' })
      : response;
  }
}

/** The `Link` header to the next page: the current URL with the paging parameter `name` set to `value`. */
function nextPageLink(
  { path, urls }: ClientInfo,
  query: QueryPairs,
  name: string,
  value?: string | number,
): Record<string, string> {
  if (value === undefined) return {};
  const others = query.filter(([key]) => key !== name);
  return { link: nextLink(urls.url(path + encodeQuery([...others, [name, String(value)]]))) };
}

const json = (body: unknown, headers: Record<string, string> = {}): WireReply => ({
  status: 200,
  headers,
  json: body,
});
