import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Caller } from '../domain/caller.js';
import type { RepoType } from '../domain/repo-id.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { MembershipStore, type Membership } from './membership.store.js';
import { LIKED_REPOS, type LikedRepo, type LikedRepos, type LikesPage } from './liked-repos.js';
import { REPO_COUNTS, type RepoCounts } from './repo-counts.js';

/** The public profile of a local account. */
export interface Profile {
  readonly account: AccountEntity;
  /** Number of repositories visible to the caller, by type. */
  readonly repositories: Readonly<Record<RepoType, number>>;
  /** Organizations of a user; empty for organizations. */
  readonly organizations: readonly Membership[];
  /** Number of members of an organization; 0 for users. */
  readonly members: number;
  /** Number of visible repositories that a user likes; 0 for organizations. */
  readonly likes: number;
}

/** Profiles of local accounts. */
@Injectable()
export class LocalProfilesService implements OnModuleInit {
  private counts: RepoCounts;
  private liked: LikedRepos;

  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipStore,
  ) {}

  /** The repositories module depends on this one, so its stores cannot be injected; they are looked up by token at startup. */
  onModuleInit(): void {
    this.counts = this.modules.get<RepoCounts>(REPO_COUNTS, { strict: false });
    this.liked = this.modules.get<LikedRepos>(LIKED_REPOS, { strict: false });
  }

  /** The repositories that a user likes, with only what the caller may see. */
  async likes(account: AccountEntity, caller: Caller, page: LikesPage): Promise<LikedRepo[]> {
    return this.liked.likedBy(account.id, await this.memberships.readableBy(caller), page);
  }

  /** The profile, with only what the caller may see. */
  async get(account: AccountEntity, caller: Caller): Promise<Profile> {
    const repositories = await this.counts.countOf(
      account.id,
      await this.accounts.mayRead(caller, { account: account.id }),
    );
    if (account.kind === 'organization')
      return {
        account,
        repositories,
        organizations: [],
        members: await this.memberships.countMembers(account.id),
        likes: 0,
      };
    const organizations = await this.memberships.organizationsOf(account.id);
    const likes = await this.liked.countLikedBy(account.id, await this.memberships.readableBy(caller));
    return { account, repositories, organizations, members: 0, likes };
  }
}
