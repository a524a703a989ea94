import { Injectable } from '@nestjs/common';
import { AccountListsService } from '../../fallback/resolver/account-lists.service.js';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import type { AccountKind, AccountList, UserSummary } from '../../domain/account.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import { nextLink, rewriteNextLink } from '../../domain/rewrite-link.js';
import { repoFullName } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { BodyValidationPipe } from '../../platform/http/validation.pipe.js';
import type { Membership } from '../membership.store.js';
import { OrganizationsService } from '../organizations.service.js';
import type { LikedRepo } from '../liked-repos.js';
import { LocalProfilesService } from '../local-profiles.service.js';
import { ExternalNames } from '../external-names.service.js';
import { AccountLookupService } from '../account-lookup.service.js';
import type { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { AccountPageDto } from './dto/account-page.dto.js';
import type { MembersDto } from './dto/organization.dto.js';
import { toUserSummary } from './user-summary.js';

const DEFAULT_PAGE_SIZE = 500;

interface ListKey {
  readonly kind: AccountKind;
  readonly name: string;
  readonly list: AccountList;
}

/** Members, followers and likes of local and external accounts. This hub itself has no followers. */
@Injectable()
export class AccountListPages {
  private readonly validation = new BodyValidationPipe();

  constructor(
    private readonly accounts: AccountLookupService,
    private readonly organizations: OrganizationsService,
    private readonly sources: AccountListsService,
    private readonly names: ExternalNames,
    private readonly profiles: LocalProfilesService,
  ) {}

  /** @throws HubError `NotFound` or the error of the sources, as all methods of this class */
  async members(name: string, request: PageRequest): Promise<ListedUserDto[]> {
    const { local, external } = await this.accounts.findOfKind('organization', name, request.context);
    if (external) return this.externalUsers(external, 'members', request);
    const memberships = await this.memberships(local.name, request);
    return memberships.map((membership) => toMember(membership, request.urls));
  }

  async localMembers(name: string, request: PageRequest): Promise<MembersDto> {
    const memberships = await this.memberships(name, request);
    return { members: memberships.map(({ account, role }) => ({ user: account.name, role })) };
  }

  async users({ kind, name, list }: ListKey, request: PageRequest): Promise<ListedUserDto[]> {
    const { external } = await this.accounts.findOfKind(kind, name, request.context);
    return external ? this.externalUsers(external, list, request) : [];
  }

  async likes(name: string, request: PageRequest): Promise<LikeDto[]> {
    const { local, external } = await this.accounts.findOfKind('user', name, request.context);
    if (external) return (await this.externalPage(external, 'likes', request)) as LikeDto[];
    const { limit, cursor: before } = await this.pageOf(request);
    const likes = await this.profiles.likes(local, request.context.caller, { limit: limit + 1, before });
    if (likes.length > limit) linkToNext(request, limit, likes[limit - 1]!.id);
    return likes.slice(0, limit).map(toLike);
  }

  private async externalUsers(
    account: ExternalAccount,
    list: AccountList,
    request: PageRequest,
  ): Promise<ListedUserDto[]> {
    const users = (await this.externalPage(account, list, request)) as UserSummary[];
    const of = { kind: 'user', source: account.source, urls: request.urls } as const;
    return this.names.mark(users, ({ user }) => user, of, request.context);
  }

  /** Reads a page from the source. The `Link` of the response leads to the next page on this hub. */
  private async externalPage(
    account: ExternalAccount,
    list: AccountList,
    request: PageRequest,
  ): Promise<readonly unknown[]> {
    const { path, query, urls, response, context } = request;
    const { entries, link, age } = await this.sources.read(
      account,
      { list, page: forwardableQuery('accountList', query) },
      context,
    );
    const next = rewriteNextLink(link, account.source.url, urls.url(path));
    response.set({ ...sourceHeaders(account.source, age), ...(next && { link: next }) });
    return entries;
  }

  private async memberships(name: string, request: PageRequest): Promise<readonly Membership[]> {
    const { limit, cursor: after } = await this.pageOf(request);
    const { members, next } = await this.organizations.members(name, { limit, after });
    if (next !== undefined) linkToNext(request, limit, next);
    return members;
  }

  private async pageOf({ query }: PageRequest): Promise<{ readonly limit: number; readonly cursor?: number }> {
    const metadata = { type: 'query', metatype: AccountPageDto } as const;
    const page = (await this.validation.transform(Object.fromEntries(query), metadata)) as AccountPageDto;
    return { limit: DEFAULT_PAGE_SIZE, ...page };
  }
}

function linkToNext({ path, urls, response }: PageRequest, limit: number, cursor: number): void {
  response.set('Link', nextLink(urls.url(`${path}?limit=${limit}&cursor=${cursor}`)));
}

const toLike = ({ createdAt, repo }: LikedRepo): LikeDto => ({
  createdAt: createdAt.toISOString(),
  repo: { name: repoFullName(repo), type: repo.type },
});

const toMember = ({ account, role }: Membership, urls: UrlBuilder): ListedUserDto => ({
  ...toUserSummary(account, urls),
  role,
  ...(account.serviceOf !== null && { isServiceAccount: true }),
});
