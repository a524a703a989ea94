import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { branchRef, tagRef } from '../store/ref-names.js';
import { LocalRefsService } from '../store/local-refs.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RootCommitsService } from '../store/root-commits.service.js';
import type { NewBranchDto, NewTagDto, RefDto, SquashDto, SquashedDto } from './dto/ref.dto.js';

/** Creates and deletes branches and tags for callers with write access. */
@Injectable()
export class RefsService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly refs: LocalRefsService,
    private readonly roots: RootCommitsService,
  ) {}

  /** @throws HubError as `RepoAccessService.writable`, `LocalRefsService.createBranch` and `RootCommitsService.createEmptyBranch` */
  async createBranch(repo: RepoId, branch: string, body: NewBranchDto, caller: Caller): Promise<RefDto> {
    const repository = await this.access.writable(repo, caller);
    const overwrite = body.overwrite ?? false;
    const author = caller.name ?? '';
    if (body.emptyBranch)
      await this.roots.createEmptyBranch(
        repository,
        { branch, author, message: 'initial commit', by: caller },
        overwrite,
      );
    else
      await this.refs.createBranch(repository, {
        name: branch,
        revision: body.startingPoint ?? undefined,
        overwrite,
        by: caller,
      });
    return { ref: branchRef(branch) };
  }

  /** @throws HubError as `RepoAccessService.writable` and `LocalRefsService.deleteBranch` */
  async deleteBranch(repo: RepoId, branch: string, caller: Caller): Promise<void> {
    await this.refs.deleteBranch(await this.access.writable(repo, caller), branch, caller);
  }

  /** @throws HubError as `RepoAccessService.writable` and `LocalRefsService.createTag` */
  async createTag(repo: RepoId, revision: string, { tag, message }: NewTagDto, caller: Caller): Promise<RefDto> {
    const repository = await this.access.writable(repo, caller);
    const annotation = message ? { message, author: { name: caller.name ?? '' } } : undefined;
    await this.refs.createTag(repository, { name: tag, revision, annotation, by: caller });
    return { ref: tagRef(tag) };
  }

  /** @throws HubError as `RepoAccessService.writable` and `LocalRefsService.deleteTag` */
  async deleteTag(repo: RepoId, tag: string, caller: Caller): Promise<void> {
    await this.refs.deleteTag(await this.access.writable(repo, caller), tag, caller);
  }

  /** @throws HubError as `RepoAccessService.writable` and `RootCommitsService.squash` */
  async squash(repo: RepoId, branch: string, { message }: SquashDto, caller: Caller): Promise<SquashedDto> {
    const repository = await this.access.writable(repo, caller);
    const commitMessage = message?.trim() ? message : `Super-squash branch '${branch}'`;
    return {
      commitId: await this.roots.squash(repository, {
        branch,
        author: caller.name ?? '',
        message: commitMessage,
        by: caller,
      }),
    };
  }
}
