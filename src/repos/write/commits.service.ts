import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { targetBranch } from './target-branch.js';
import { repoUrl } from '../../domain/repo-url.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { requestBody } from '../../platform/http/request-body.js';
import { LocalRepositories } from '../store/local-repositories.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { CommitBodyParser } from './commit-body-parser.service.js';
import type { CommitAnswerDto } from './dto/commit-answer.dto.js';
import type { WriteTarget } from './write-target.js';

/** Clients keep a commit's regular content below 100 MB, a third more in base64; people who write their own get some room. */
const LONGEST_BODY = 2 * 1024 ** 3;

/** Makes the commits that come over HTTP. */
@Injectable()
export class CommitsService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly repositories: LocalRepositories,
    private readonly bodies: CommitBodyParser,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * Reads the body only for somebody who may write there.
   * @throws HubError of access; `BadRequest` for a body that is not right, `PayloadTooLarge`, and as `LocalCommitsService.commit` says
   */
  async commit({ repo, revision, caller }: WriteTarget, request: IncomingMessage): Promise<CommitAnswerDto> {
    const repository = await this.access.writable(repo, caller);
    const branch = targetBranch(revision);
    const commitOid = await this.bodies.read(requestBody(request, LONGEST_BODY), (sent) =>
      this.repositories.commit(repository, { ...sent, branch, author: { name: caller.name! } }),
    );
    const commitUrl = `${repoUrl(this.config.baseUrl, repository.repo)}/commit/${commitOid}`;
    return { success: true, commitOid, commitUrl, hookOutput: '' };
  }
}
