import { Injectable } from '@nestjs/common';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { LfsAction } from '../store/wire/lfs.js';
import { tokenHeaders, XetGrants } from '../xet/xet-grants.service.js';
import type { BatchRequestDto } from './dto/batch-request.dto.js';

/** Offers uploads over Xet in LFS batches. JavaScript clients, and Python clients before version 1.20, use Xet only if it is offered here. */
@Injectable()
export class LfsXetService {
  constructor(private readonly grants: XetGrants) {}

  /**
   * The action for all uploads of a batch: headers with an upload token, and the URL of the next one. `undefined` if the client does not
   * support Xet.
   *
   * @throws HubError as `XetGrants.issue`
   */
  async uploadAction(
    repo: RepoId,
    { operation, transfers, ref }: BatchRequestDto,
    request: HubRequest,
  ): Promise<LfsAction | undefined> {
    if (operation !== 'upload' || !transfers?.includes('xet')) return undefined;
    const header = tokenHeaders(await this.grants.issue(repo, request));
    const revision = encodeURIComponent(ref?.name ?? 'main');
    const path = `/api/${repo.type}s/${repoFullName(repo)}/xet-write-token/${revision}`;
    return { href: request.urls.url(path), header };
  }
}
