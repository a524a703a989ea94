import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { NamespaceGuard } from '../../fallback/guard/namespace-guard.service.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';

/** Finds the repositories that callers upload to. */
@Injectable()
export class WritableRepos {
  constructor(
    private readonly access: RepoAccessService,
    private readonly accounts: AccountsService,
    private readonly guard: NamespaceGuard,
  ) {}

  /**
   * Clients that upload to a new repository continue after a conflict at its creation (`exist_ok`). If a source has the repository, the
   * conflict is reported again, because "not found" would be misleading.
   *
   * @throws HubError as `RepoAccessService.writable`; as `NamespaceGuard.checkRepo`, if the caller could create the repository
   */
  async find(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    try {
      return await this.access.writable(repo, caller);
    } catch (error) {
      if (isMissing(error) && (await this.mayCreate(repo, caller)))
        await this.guard.checkRepo(repo, { isAdministrator: false });
      throw error;
    }
  }

  /** In such a namespace, the caller can read all repositories. */
  private async mayCreate({ namespace }: RepoId, caller: Caller): Promise<boolean> {
    const owner = await this.accounts.find(namespace);
    const role = owner && (await this.accounts.roleOf(caller, { account: owner.id }, 'repo.write'));
    return role === 'write' || role === 'admin';
  }
}

const isMissing = (error: unknown): boolean => error instanceof HubError && error.code === 'RepoNotFound';
