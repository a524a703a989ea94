import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { readUploadPackRequest } from './upload-pack-request.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { bufferBody } from '../../platform/http/request-body.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { SourceGit } from './source-git.service.js';
import { UploadPackService } from './upload-pack.service.js';

/** Room for the ids of 160 000 commits that a client wants or has. */
const LONGEST_REQUEST = 8 * 1024 * 1024;
const FETCHING = 'git-upload-pack';
const NEVER_KEPT = { 'cache-control': 'private, no-cache' };

/** Answers git: from the hub's own repositories, and with the way to those of sources (law 4). */
@Injectable()
export class GitAnswers {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly access: RepoAccessService,
    private readonly uploads: UploadPackService,
    private readonly sources: SourceGit,
  ) {}

  /** The first question of everything that git does. @throws HubError `Forbidden` for a push, `BadRequest` for git before 1.6.6 */
  async refs(repo: RepoId, service: unknown, asking: RequestContext): Promise<WireReply> {
    if (service === 'git-receive-pack') throw this.noPush(repo);
    if (service !== FETCHING)
      throw new HubError('BadRequest', `This hub speaks git's smart protocol only: ask for ?service=${FETCHING}`);
    const local = await this.access.find(repo, asking.caller);
    if (local) {
      const refs = await this.uploads.advertisement(local);
      return once(refs, `application/x-${FETCHING}-advertisement`);
    }
    const { source, url } = await this.sources.home(repo, asking);
    // git takes the redirect only where this end is kept, and asks there from then on
    const location = `${url}/info/refs?service=${FETCHING}`;
    return { status: 302, headers: { ...sourceHeaders(source), 'cache-control': 'no-store', location } };
  }

  /** @throws HubError as `RepoAccessService.readable` and `UploadPackService.answer`; `BadRequest`, `PayloadTooLarge` */
  async pack(repo: RepoId, caller: Caller, request: IncomingMessage): Promise<WireReply> {
    const local = await this.access.readable(repo, caller);
    const wish = readUploadPackRequest(await bufferBody(request, LONGEST_REQUEST));
    const stream = await this.uploads.answer(local, wish);
    return { status: 200, headers: { ...NEVER_KEPT, 'content-type': `application/x-${FETCHING}-result` }, stream };
  }

  private noPush(repo: RepoId): HubError {
    const kind = repo.type === 'model' ? '' : ` --repo-type ${repo.type}`;
    const instead = `HF_ENDPOINT=${this.config.baseUrl} hf upload ${repoFullName(repo)} .${kind}`;
    return new HubError('Forbidden', `This hub takes no "git push". Instead: ${instead}`);
  }
}

function once(body: Buffer, type: string): WireReply {
  const headers = { ...NEVER_KEPT, 'content-type': type, 'content-length': String(body.length) };
  return { status: 200, headers, stream: only(body) };
}

async function* only(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
