import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { isCached } from '../../domain/delivery.js';
import { HubError } from '../../domain/hub-error.js';
import type { FileOperation, Operation, RevisionOperation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { xetModeOf } from '../../domain/xet-mode.js';
import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import { XetConnections } from '../../fallback/resolver/xet-connections.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import { sourceLabel } from '../../fallback/sources/source-label.js';
import { parseVia } from '../../fallback/upstream/via.js';
import { clientAddress, clientKey } from '../../platform/http/client-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { clientAbortSignal } from '../../platform/http/send-reply.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { AccessGrants, grantFor } from '../store/access-grants.store.js';
import type { XetToken } from '../xet/xet-grants.service.js';
import { HeldXetFileStore, type HeldXetFile } from './held-xet-files.store.js';
import { fileNotFound } from './own-xet-files.service.js';
import { RelayedXetFiles } from './relayed-xet-files.service.js';
import type { SourceClaims, StoredXetFile, XetFile, XetProvider } from './xet-file.js';
import { XetIds } from '../xet/xet-ids.js';
import { XetReadTokens } from './xet-read-tokens.service.js';

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Files of external repositories. The content cache must have the whole file, the source must still be used for the repository, and its rules must let
 * the hub serve its copy.
 */
@Injectable()
export class SourceXetFiles implements XetProvider<SourceClaims> {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly deliveries: Deliveries,
    private readonly held: HeldXetFileStore,
    private readonly grants: AccessGrants,
    private readonly tokens: XetReadTokens,
    private readonly ids: XetIds,
    private readonly relayed: RelayedXetFiles,
    private readonly connections: XetConnections,
    private readonly downloads: DownloadCounts,
  ) {}

  async issue(repo: RepoId, revision: string, request: HubRequest): Promise<XetToken | undefined> {
    const context = fallbackRequest(revisionOf(repo, revision), request.caller, request);
    const resolved = await this.resolver.resolve(context);
    if (!resolved) return undefined;
    const { sha } = resolved.reply.json as { readonly sha?: unknown };
    if (typeof sha !== 'string' || !COMMIT.test(sha))
      throw new HubError('UpstreamFailed', 'The source did not report the commit of the revision.');
    if (isPassed(resolved.source)) {
      const token = await this.passed(resolved.source, { repo, commit: sha }, context);
      this.countPassed(resolved.source, { repo, commit: sha }, request);
      return token;
    }
    await this.checkStorage(resolved.source, { repo, commit: sha }, context);
    const { repository: _none, ...caller } = grantFor(0, request.caller);
    const source = cacheKeyOf(resolved.source);
    return this.tokens.sign({ from: 'source', source, repo, commit: sha, ...caller }, request.urls);
  }

  async find(claims: SourceClaims, id: string, request: HubRequest): Promise<XetFile> {
    const { account, token, session, repo, commit } = claims;
    await this.grants.checkCaller(claims);
    const caller: Caller = {
      ...(account !== undefined && { accountId: String(account) }),
      ...(token !== undefined && { tokenId: token }),
      ...(session !== undefined && { sessionId: session }),
    };
    const context = fallbackRequest(revisionOf(repo, commit), caller, request);
    const match = await this.resolver.locate(context);
    if (!match || cacheKeyOf(match.source) !== claims.source) throw fileNotFound(id);
    const { source } = match;
    const file =
      (await this.heldFile(source, context, this.ids.sha256Of(id))) ??
      (await this.relayed.find({ source, repo, commit }, id, context));
    if (!file) throw fileNotFound(id);
    return file;
  }

  /** Sources may have changed since the file was described, so everything is checked again. */
  findAgain(claims: SourceClaims, id: string, request: HubRequest): Promise<XetFile> {
    return this.find(claims, id, request);
  }

  /**
   * Requests the token of the source with which its files will be relayed. Clients show an error of this request, but repeat descriptions after most errors. Errors
   * are ignored if the hub may have copies of the files.
   * @throws HubError if the source grants no token, or its storage must not be used
   */
  private async checkStorage(
    source: Source,
    { repo, commit }: SourceRevision,
    context: FallbackRequest,
  ): Promise<void> {
    const mayRelay = xetModeOf({ ...source, delivery: 'redirect' }, Number.MAX_SAFE_INTEGER) === 'relay';
    if (!mayRelay || this.deliveries.ways(source, repo).some(isCached)) return;
    await this.connections.of(source, { repo, revision: commit }, context);
  }

  /** A token of the source itself, for clients without credentials. */
  private passed(source: Source, { repo, commit }: SourceRevision, context: FallbackRequest): Promise<XetToken> {
    if (!this.deliveries.ways(source, repo).includes('redirect')) throw notPassed(source);
    return this.connections.of(source, { repo, revision: commit }, context);
  }

  /** The client reads the files from the storage of the source; which of them is not known here. */
  private countPassed(source: Source, { repo, commit }: SourceRevision, request: HubRequest): void {
    const of = { repo, source: sourceLabel(source) };
    const by = { caller: request.caller, address: clientAddress(request) };
    this.downloads.record(of, by);
    this.downloads.sent(of, by, { commit, delivery: 'redirected', isStart: true, over: 'xet' }, 0);
  }

  /** Callers may read it if the source still answers a download of it through this hub: it may have become gated, or the token of the source may have changed. */
  private async heldFile(
    source: Source,
    context: FallbackRequest & { readonly operation: { readonly repo: RepoId } },
    sha256: string,
  ): Promise<StoredXetFile | undefined> {
    const { repo } = context.operation;
    const paths = await this.held.paths(cacheKeyOf(source), repo, sha256);
    const found = paths.find(({ path, size }) => mayServeCopy(this.deliveries, source, { repo, path, size }));
    if (!found) return undefined;
    await this.resolver.probe(source, { ...context, operation: downloadOf(repo, found) });
    return { sha256, size: found.size, served: { kind: 'held', source: sourceLabel(source) } };
  }
}

/** Whether clients read the files of a source from its own storage. A token that was granted to the credentials of the source is never passed on. */
const isPassed = ({ xet, hasCredentials, offline }: Source): boolean => xet === 'pass' && !hasCredentials && !offline;

interface SourceRevision {
  readonly repo: RepoId;
  readonly commit: string;
}

const notPassed = ({ name, url }: Source): HubError =>
  new HubError(
    'Forbidden',
    `The settings of the source "${name}" do not allow downloads of this repository over Xet.`,
    {
      source: { name, url },
    },
  );

/** Whether the hub may serve its copy of a file of a source. */
export function mayServeCopy(
  deliveries: Deliveries,
  source: Source,
  { repo, path, size }: { readonly repo: RepoId; readonly path: string; readonly size: number },
): boolean {
  const delivery = deliveries.decide(source, { repo, path: path.split('/'), size })?.delivery;
  return delivery !== undefined && delivery !== 'deny' && (isCached(delivery) || source.offline);
}

const revisionOf = (repo: RepoId, revision: string): RevisionOperation<'revision'> => ({
  kind: 'revision',
  repo,
  rest: [revision],
  query: [],
});

const downloadOf = (repo: RepoId, { path, commit }: HeldXetFile): FileOperation => ({
  kind: 'resolve',
  repo,
  raw: false,
  method: 'HEAD',
  revision: commit,
  path: path.split('/'),
  query: [],
  conditions: {},
});

const fallbackRequest = <O extends Operation>(
  operation: O,
  caller: Caller,
  request: HubRequest,
): FallbackRequest & { readonly operation: O } => ({
  operation,
  caller,
  client: clientKey(request),
  via: parseVia(request.headers.via),
  parameter: typeof request.query['fallback'] === 'string' ? request.query['fallback'] : undefined,
  signal: request.res ? clientAbortSignal(request.res) : new AbortController().signal,
  facts: request,
  turn: request.turn,
});
