import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { requirePermission } from '../../domain/require-caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountsService } from '../../users/accounts.service.js';

/** Decides in which namespaces a caller may create repositories: their own, and organizations in which they have the write role. */
@Injectable()
export class NamespacesService {
  constructor(private readonly accounts: AccountsService) {}

  /**
   * Returns the account that owns the namespace.
   *
   * @throws HubError `Forbidden`; the response is identical if there is no such account
   */
  async writable({ type, namespace }: RepoId, caller: Caller): Promise<AccountEntity> {
    const owner = await this.accounts.find(namespace);
    if (owner?.serviceOf != null)
      throw new HubError('Forbidden', `"${owner.name}" is a service account. Create the ${type} in its organization.`);
    const role = owner && (await this.accounts.membershipOf(caller, owner.id));
    if (owner && (role === 'admin' || role === 'write')) {
      requirePermission(caller, 'repo.write', { account: owner.id, on: `the namespace "${owner.name}"` });
      return owner;
    }
    throw new HubError('Forbidden', `You don't have the rights to create a ${type} under the namespace "${namespace}"`);
  }
}
