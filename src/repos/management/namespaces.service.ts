import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountsService } from '../../users/accounts.service.js';

/** Under which names a caller may create repositories: its own, and those of organizations in which it may write. */
@Injectable()
export class NamespacesService {
  constructor(private readonly accounts: AccountsService) {}

  /** The account that shall own it. @throws HubError `Forbidden`, in the same words where there is no such account */
  async writable({ type, namespace }: RepoId, caller: Caller): Promise<AccountEntity> {
    const owner = await this.accounts.find(namespace);
    const role = owner && (await this.accounts.roleOf(caller, owner.id));
    if (owner && (role === 'admin' || role === 'write')) return owner;
    throw new HubError('Forbidden', `You don't have the rights to create a ${type} under the namespace "${namespace}"`);
  }
}
