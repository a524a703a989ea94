import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { requireWriting } from '../../domain/require-caller.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { MemberRole } from '../../users/membership.entity.js';
import { LocalRepositories } from './local-repositories.service.js';
import type { LocalRepo } from './local-repo.js';

const MAY_WRITE: readonly MemberRole[] = ['write', 'admin'];

/** Finds one of the hub's own repositories for somebody who wants to do something with it. No source is ever asked. */
@Injectable()
export class RepoAccessService {
  constructor(
    private readonly repositories: LocalRepositories,
    private readonly accounts: AccountsService,
  ) {}

  /** @throws HubError `RepoNotFound`, also for one that the caller may not see */
  async readable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.repositories.find(repo, caller);
    if (!found) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return found;
  }

  /** @throws HubError as `readable`; `Unauthorized` for nobody, `Forbidden` for who may only read */
  async writable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.readable(repo, caller);
    await this.require(found, caller, MAY_WRITE);
    return found;
  }

  /** For what its owner alone decides: deleting, moving, settings. @throws HubError as `writable` */
  async administrable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.readable(repo, caller);
    await this.require(found, caller, ['admin']);
    return found;
  }

  private async require(
    { repo, ownerId }: LocalRepo,
    caller: Caller,
    roles: readonly MemberRole[],
  ): Promise<void> {
    requireWriting(caller);
    const role = await this.accounts.roleOf(caller, ownerId);
    if (role !== undefined && roles.includes(role)) return;
    throw new HubError('Forbidden', `You don't have the rights to change the ${repo.type} "${repoFullName(repo)}"`);
  }
}
