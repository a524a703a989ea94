import { Injectable } from '@nestjs/common';
import { hasPermission, hasAdminToken, isSignedIn, type Caller, type PermissionTarget } from '../../domain/caller.js';
import type { HubError } from '../../domain/hub-error.js';
import { isPublicFile } from '../../domain/public-files.js';
import { AccountsService } from '../../users/accounts.service.js';
import { AccessRequestStore } from './access-request.store.js';
import { gateError, type GateFacts } from './content-gate.js';
import type { LocalRepo, OpenRepo } from './local-repo.js';

/**
 * Decides who may read the content of repositories. Everything that sends the bytes of files takes an `OpenRepo`, which only this service returns. Links and
 * tokens are checked again when they are used, by `AccessGrants` with the same rule.
 */
@Injectable()
export class ContentGate {
  constructor(
    private readonly accounts: AccountsService,
    private readonly requests: AccessRequestStore,
  ) {}

  /** @throws HubError `GatedRepo` if the repository is gated and the caller has no access */
  async open(repository: LocalRepo, caller: Caller): Promise<OpenRepo> {
    const error = await this.errorFor(repository, caller);
    if (error) throw error;
    return repository as OpenRepo;
  }

  /**
   * For reading one file. A few files are public.
   *
   * @throws HubError as `open`
   */
  async openFile(repository: LocalRepo, path: readonly string[], caller: Caller): Promise<OpenRepo> {
    return isPublicFile(path) ? (repository as OpenRepo) : this.open(repository, caller);
  }

  /** Whether the caller may read the content. */
  async isOpen(repository: LocalRepo, caller: Caller): Promise<boolean> {
    return (await this.errorFor(repository, caller)) === undefined;
  }

  /** The facts about a caller, for the page of a gated repository. */
  async factsOf({ id, repo, gated, ownerId }: LocalRepo, caller: Caller): Promise<GateFacts> {
    const isOpen = gated === false || hasAdminToken(caller);
    const isInsider = isOpen || (await this.accounts.mayRead(caller, { account: ownerId, repository: id }));
    const target = { account: ownerId, repository: id };
    const request =
      isInsider || !mayUseAccess(caller, target) ? undefined : await this.requests.find(id, Number(caller.accountId));
    const { status = null, reason = null } = request ?? {};
    return { repo, gated, isInsider, isSignedIn: isSignedIn(caller), status, reason };
  }

  private async errorFor(repository: LocalRepo, caller: Caller): Promise<HubError | undefined> {
    return gateError(await this.factsOf(repository, caller));
  }
}

/** Whether the caller's credential includes reading gated repositories to which its account was given access. */
const mayUseAccess = (caller: Caller, target: PermissionTarget): boolean =>
  isSignedIn(caller) &&
  (caller.scopes?.canReadGatedRepos === true || hasPermission(caller, 'repo.content.read', target));
