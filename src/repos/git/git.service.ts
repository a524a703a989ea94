import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { bufferBody } from '../../platform/http/request-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { clientAddress } from '../../platform/http/client-address.js';
import { sourceLabel } from '../../fallback/sources/source-label.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import type { DownloadedRepo, Downloader } from '../store/download.js';
import { ContentGate } from '../store/content-gate.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { isOtherCase, orLocal } from '../store/other-case.js';
import { SourceGit, type GitLocation } from './source-git.service.js';
import { UploadPackService } from './upload-pack.service.js';

const { bytes: MAX_REQUEST_BYTES } = ROUTES['git.uploadPack'].body;
const UPLOAD_PACK = 'git-upload-pack';
const NO_CACHE = { 'cache-control': 'private, no-cache' };

/** Serves git clients from local repositories and redirects them to sources for other repositories (invariant 4). */
@Injectable()
export class GitService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly uploads: UploadPackService,
    private readonly sources: SourceGit,
    private readonly downloads: DownloadCounts,
  ) {}

  /**
   * The refs of a repository, which git requests before anything else.
   *
   * @throws HubError `Forbidden` for a push, `GatedRepo`, `BadRequest` for git before 1.6.6
   */
  async advertiseRefs(repo: RepoId, service: unknown, context: RequestContext, client: HubRequest): Promise<WireReply> {
    if (service === 'git-receive-pack') throw pushNotSupported(repo, client.urls);
    if (service !== UPLOAD_PACK)
      throw new HubError(
        'BadRequest',
        `This hub supports only the smart HTTP protocol of git. Request ?service=${UPLOAD_PACK}.`,
      );
    const local = await this.access.find(repo, context.caller);
    const locate = (): Promise<GitLocation> => this.sources.locate(repo, context, client);
    const external = local && (isOtherCase(local, repo) ? await orLocal(locate) : undefined);
    if (local && !external) {
      const refs = await this.uploads.advertiseRefs(await this.gate.open(local, context.caller));
      return bufferReply(refs, `application/x-${UPLOAD_PACK}-advertisement`);
    }
    const { source, url } = external ?? (await locate());
    // Git follows only a redirect that ends in the requested path, and uses its base for all further requests.
    const location = `${url}/info/refs?service=${UPLOAD_PACK}`;
    const onSent = (): void => this.count({ repo, source: sourceLabel(source) }, client);
    const headers = { ...sourceHeaders(source), 'cache-control': 'no-store', location };
    return { status: 302, headers, served: { kind: 'redirected', source: source.name }, onSent };
  }

  /** Git gets everything else from the source, so neither the commit nor the number of bytes is known. */
  private count(of: DownloadedRepo, request: HubRequest): void {
    this.downloads.record(of, downloaderOf(request));
    this.downloads.sent(of, downloaderOf(request), { delivery: 'redirected', isStart: true, over: 'git' }, 0);
  }

  /**
   * The pack with the objects that a client is missing.
   *
   * @throws HubError as `RepoAccessService.readable` and `ContentGate.open`; `BadRequest` for a body that is not gzip, `PayloadTooLarge`
   */
  async uploadPack(repo: RepoId, caller: Caller, request: HubRequest): Promise<WireReply> {
    const local = await this.gate.open(await this.access.readable(repo, caller), caller);
    const { stream, pack } = await this.uploads.respond(local, await bufferBody(request, MAX_REQUEST_BYTES));
    const headers = { ...NO_CACHE, 'content-type': `application/x-${UPLOAD_PACK}-result` };
    if (!pack) return { status: 200, headers, stream };
    const { commit } = pack;
    const onSent = (bytes: number): void =>
      this.downloads.sent(
        { repositoryId: local.id },
        downloaderOf(request),
        // A partial clone requests its files later, in many requests.
        { delivery: 'own', commit, isStart: commit !== undefined, over: 'git' },
        bytes,
      );
    return { status: 200, headers, stream, served: { kind: 'own' }, onSent };
  }
}

const downloaderOf = (request: HubRequest): Downloader => ({
  caller: request.caller,
  address: clientAddress(request),
});

function pushNotSupported(repo: RepoId, urls: UrlBuilder): HubError {
  const type = repo.type === 'model' ? '' : ` --repo-type ${repo.type}`;
  const command = `HF_ENDPOINT=${urls.base} hf upload ${repoFullName(repo)} .${type}`;
  return new HubError('Forbidden', `This hub does not support "git push". Use this command instead: ${command}`);
}

function bufferReply(body: Buffer, type: string): WireReply {
  const headers = { ...NO_CACHE, 'content-type': type, 'content-length': String(body.length) };
  return { status: 200, headers, stream: streamOf(body), served: { kind: 'own' } };
}

async function* streamOf(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
