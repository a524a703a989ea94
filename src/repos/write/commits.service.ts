import { Injectable } from '@nestjs/common';
import { targetBranch } from './target-branch.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { contentLength, uncompressedBody } from '../../platform/http/request-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { UploadLimits } from '../quota/upload-limits.service.js';
import { LocalCommitsService } from '../store/local-commits.service.js';
import { CommitBodyParser, MAX_LINE_BYTES } from './commit-body-parser.service.js';
import type { CommitResponseDto } from './dto/commit-response.dto.js';
import { LargeFilesService } from './large-files.service.js';
import { WritableRepos } from './writable-repos.service.js';
import type { WriteTarget } from './write-target.js';

const { bytes: MAX_BODY_BYTES } = ROUTES['commits.commit'].body;

/** Smaller commits are read even if the disk is full, since they may only delete files. The store refuses the contents of files then. */
const MAX_BYTES_OF_DELETIONS = 1_000_000;

/** Handles commit requests. */
@Injectable()
export class CommitsService {
  constructor(
    private readonly repositories: WritableRepos,
    private readonly localCommits: LocalCommitsService,
    private readonly parser: CommitBodyParser,
    private readonly largeFiles: LargeFilesService,
    private readonly limits: UploadLimits,
  ) {}

  /**
   * Checks write access before reading the body.
   *
   * @throws HubError as `WritableRepos.find` and `LocalCommitsService.commit`; `BadRequest` for an invalid body,
   * `PayloadTooLarge`, `QuotaExceeded`, `StorageFull`
   */
  async commit({ repo, revision, caller }: WriteTarget, request: HubRequest): Promise<CommitResponseDto> {
    const repository = await this.repositories.find(repo, caller);
    const branch = targetBranch(revision);
    const size = contentLength(request) ?? 0;
    if (size > MAX_BYTES_OF_DELETIONS) await this.limits.requireSpace(size);
    request.shares?.memoryFor(request).reserve(MAX_LINE_BYTES);
    const commitOid = await this.parser.parse(uncompressedBody(request, MAX_BODY_BYTES), (parsed) =>
      this.localCommits.commit(repository.id, {
        ...parsed,
        branch,
        memory: request.shares?.buffersFor(request),
        author: { name: caller.name! },
        by: caller,
        selectLargeFiles: (written) => this.largeFiles.select(repository, branch, written),
        trackLargeFiles: (head, written) => this.largeFiles.attributesFor(head, written),
      }),
    );
    const commitUrl = `${request.urls.repo(repository.repo)}/commit/${commitOid}`;
    return { success: true, commitOid, commitUrl, hookOutput: '' };
  }
}
