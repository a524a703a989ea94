import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Caller } from '../domain/caller.js';
import type { RepoType } from '../domain/repo-id.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { MembershipStore, type Membership } from './membership.store.js';
import { REPO_COUNTS, type RepoCounts } from './repo-counts.js';

/** What is shown of an account to everybody. */
export interface Profile {
  readonly account: AccountEntity;
  /** Those that the caller may see. */
  readonly repositories: Readonly<Record<RepoType, number>>;
  /** Of a user: the organizations that it is in. */
  readonly organizations: readonly Membership[];
  /** Of an organization: how many users are in it. */
  readonly members: number;
}

/** What the hub's own accounts tell of themselves. */
@Injectable()
export class LocalProfilesService implements OnModuleInit {
  private counts: RepoCounts;

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipStore,
  ) {}

  /** Repositories live in a room above this one, which counts them under the name that this room has given. */
  onModuleInit(): void {
    this.counts = this.modules.get<RepoCounts>(REPO_COUNTS, { strict: false });
  }

  /** What is shown to this caller. */
  async of(account: AccountEntity, caller: Caller): Promise<Profile> {
    const repositories = await this.counts.countOf(account.id, await this.accounts.mayRead(caller, account.id));
    if (account.kind === 'organization')
      return { account, repositories, organizations: [], members: await this.memberships.countMembers(account.id) };
    return { account, repositories, organizations: await this.memberships.organizationsOf(account.id), members: 0 };
  }
}
