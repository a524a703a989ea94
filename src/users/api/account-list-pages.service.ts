import { Injectable } from '@nestjs/common';
import { AccountListsService } from '../../fallback/resolver/account-lists.service.js';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import type { AccountKind, AccountList, UserSummary } from '../../domain/account.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import { publicId } from '../../domain/lookup-key.js';
import { nextLink, rewriteNextLink } from '../../domain/rewrite-link.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { BodyValidationPipe } from '../../platform/http/validation.pipe.js';
import type { Membership } from '../membership.store.js';
import { OrganizationsService } from '../organizations.service.js';
import { ExternalNames } from '../external-names.service.js';
import { AccountLookupService } from '../account-lookup.service.js';
import { localAvatars } from './avatar-urls.js';
import type { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { MemberPageDto } from './dto/member-page.dto.js';
import type { MembersDto } from './dto/organization.dto.js';

const DEFAULT_PAGE_SIZE = 500;

interface ListKey {
  readonly kind: AccountKind;
  readonly name: string;
  readonly list: AccountList;
}

/** Members, followers and likes of local and external accounts. This hub itself has no followers or likes. */
@Injectable()
export class AccountListPages {
  private readonly validation = new BodyValidationPipe();

  constructor(
    private readonly accounts: AccountLookupService,
    private readonly organizations: OrganizationsService,
    private readonly sources: AccountListsService,
    private readonly names: ExternalNames,
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
    const { external } = await this.accounts.findOfKind('user', name, request.context);
    return external ? ((await this.externalPage(external, 'likes', request)) as LikeDto[]) : [];
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
    const { entries, link } = await this.sources.read(
      account,
      { list, page: forwardableQuery('accountList', query) },
      context,
    );
    const next = rewriteNextLink(link, account.source.url, urls.url(path));
    response.set({ ...sourceHeaders(account.source), ...(next && { link: next }) });
    return entries;
  }

  private async memberships(
    name: string,
    { query, path, urls, response }: PageRequest,
  ): Promise<readonly Membership[]> {
    const metadata = { type: 'query', metatype: MemberPageDto } as const;
    const page = (await this.validation.transform(Object.fromEntries(query), metadata)) as MemberPageDto;
    const { limit = DEFAULT_PAGE_SIZE, cursor: after } = page;
    const { members, next } = await this.organizations.members(name, { limit, after });
    if (next !== undefined) response.set('Link', nextLink(urls.url(`${path}?limit=${limit}&cursor=${next}`)));
    return members;
  }
}

const toMember = ({ account, role }: Membership, urls: UrlBuilder): ListedUserDto => ({
  _id: publicId(account.id),
  user: account.name,
  fullname: account.fullName,
  avatarUrl: localAvatars(urls)(account),
  isPro: false,
  type: 'user',
  isFollowing: false,
  role,
});
