import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { DISABLED_MESSAGE } from '../../domain/classify-reply.js';
import { lookupKey } from '../../domain/lookup-key.js';
import type { Permission } from '../../domain/permissions.js';
import { requirePermission, requireWriteAccess } from '../../domain/require-caller.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { MemberRole } from '../../users/membership.entity.js';
import type { LocalRepo } from './local-repo.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import { RepoStore } from './repo.store.js';

const WRITE_ROLES: readonly MemberRole[] = ['write', 'admin'];

/** Looks up local repositories and checks what the caller may do with them. Never contacts a source. */
@Injectable()
export class RepoAccessService {
  constructor(
    private readonly repos: RepoStore,
    private readonly missing: MissingRepoCache,
    private readonly accounts: AccountsService,
  ) {}

  /**
   * Finds a repository by its id, ignoring case. Sources may be queried only if the result is `undefined`.
   *
   * @throws HubError `RepoNotFound` for a private repository that the caller cannot read (the response is identical to that for a
   * missing one), `Moved` if the id is a former name, `Disabled` if an administrator has disabled the repository
   */
  async find(repo: RepoId, caller: Caller): Promise<LocalRepo | undefined> {
    const found = await this.lookUp(repo);
    if (!found) return undefined;
    if (found.private && !(await this.accounts.mayRead(caller, { account: found.ownerId, repository: found.id }))) {
      throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    }
    if (lookupKey(found.repo) !== lookupKey(repo))
      throw new HubError('Moved', 'This repository has been renamed', { moved: { from: repo, to: found.repo } });
    if (found.disabled) throw new HubError('Disabled', DISABLED_MESSAGE);
    return { ...found, callerMayWrite: () => this.isWriter(found, caller) };
  }

  /** @throws HubError `RepoNotFound` if the repository is missing or hidden from the caller; also as `find` */
  async readable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.find(repo, caller);
    if (!found) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return found;
  }

  /** @throws HubError as `readable`; `Unauthorized` for anonymous callers, `Forbidden` without the write role */
  async writable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.readable(repo, caller);
    await this.requireRole(found, caller, WRITE_ROLES);
    return found;
  }

  /**
   * For actions reserved to the owner and its admins: deleting, moving, changing settings.
   *
   * @throws HubError as `writable`
   */
  async administrable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.readable(repo, caller);
    await this.requireRole(found, caller, ['admin']);
    return found;
  }

  private lookUp(repo: RepoId): Promise<LocalRepo | undefined> {
    const find = async () => (await this.repos.find(repo)) ?? (await this.repos.findMoved(repo));
    return this.missing.lookUp(lookupKey(repo), find);
  }

  /**
   * For reading the requests for access to a gated repository.
   *
   * @throws HubError as `writable`
   */
  async reviewable(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const found = await this.readable(repo, caller);
    await this.requireRole(found, caller, WRITE_ROLES, 'repo.access.read');
    return found;
  }

  /** Whether the caller may read what only writers may read. Their token may be read-only. */
  private async isWriter({ id: repository, ownerId: account }: LocalRepo, caller: Caller): Promise<boolean> {
    const role = await this.accounts.roleOf(caller, { account, repository }, 'repo.content.read');
    return role !== undefined && WRITE_ROLES.includes(role);
  }

  private async requireRole(
    found: LocalRepo,
    caller: Caller,
    roles: readonly MemberRole[],
    permission: Permission = 'repo.write',
  ): Promise<void> {
    // requests have personal data, so tokens with the role `read` do not include them
    if (permission === 'repo.write' || caller.role === 'read') requireWriteAccess(caller);
    const { repo, id: repository, ownerId: account } = found;
    const on = `the ${repo.type} "${repoFullName(repo)}"`;
    const role = await this.accounts.membershipOf(caller, account);
    if (role !== undefined && roles.includes(role)) {
      requirePermission(caller, permission, { account, repository, on });
      return;
    }
    throw new HubError('Forbidden', `You don't have the rights to change the ${repo.type} "${repoFullName(repo)}"`);
  }
}
