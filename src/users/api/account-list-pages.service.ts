import { Inject, Injectable } from '@nestjs/common';
import { AccountListsService } from '../../fallback/resolver/account-lists.service.js';
import type { FarAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { PageRequest } from '../../fallback/resolver/asks.decorator.js';
import type { AccountKind, AccountList, ListedUser } from '../../domain/account.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import { publicId } from '../../domain/lookup-key.js';
import { rewriteNextLink } from '../../domain/rewrite-link.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { BodyPipe } from '../../platform/http/validation.pipe.js';
import type { Membership } from '../membership.store.js';
import { OrganizationsService } from '../organizations.service.js';
import { AccountLookupService } from '../account-lookup.service.js';
import { AvatarUrls } from './avatar-urls.service.js';
import type { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { MemberPageDto } from './dto/member-page.dto.js';
import type { MembersDto } from './dto/organization.dto.js';
import { MemberPageLinks } from './member-links.service.js';

const PAGE = 500;

/** Which list of whom. */
interface Listing {
  readonly kind: AccountKind;
  readonly name: string;
  readonly list: AccountList;
}

/** Lists of people in the API's spellings, near and far. Nobody follows or likes anything here. */
@Injectable()
export class AccountListPages {
  private readonly pages = new BodyPipe();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly people: AccountLookupService,
    private readonly organizations: OrganizationsService,
    private readonly sources: AccountListsService,
    private readonly links: MemberPageLinks,
    private readonly avatars: AvatarUrls,
  ) {}

  /** @throws HubError as all of these: `NotFound`, or what the sources said */
  async members(name: string, request: PageRequest): Promise<ListedUserDto[]> {
    const { local, far } = await this.people.findOne('organization', name, request.asking);
    return far
      ? this.usersOf(far, 'members', request)
      : (await this.places(local.name, request)).map((place) => this.toMember(place));
  }

  async membersOfOwn(name: string, request: PageRequest): Promise<MembersDto> {
    const places = await this.places(name, request);
    return { members: places.map(({ account, role }) => ({ user: account.name, role })) };
  }

  async users({ kind, name, list }: Listing, request: PageRequest): Promise<ListedUserDto[]> {
    const { far } = await this.people.findOne(kind, name, request.asking);
    return far ? this.usersOf(far, list, request) : [];
  }

  async likes(name: string, request: PageRequest): Promise<LikeDto[]> {
    const { far } = await this.people.findOne('user', name, request.asking);
    return far ? ((await this.page(far, 'likes', request)) as LikeDto[]) : [];
  }

  private async usersOf(far: FarAccount, list: AccountList, request: PageRequest): Promise<ListedUserDto[]> {
    const users = (await this.page(far, list, request)) as ListedUser[];
    return users.map((one) => ({ ...one, avatarUrl: this.avatars.ofFar({ kind: 'user', name: one.user }) }));
  }

  /** A page of the source's, whose next one is asked for here. */
  private async page(far: FarAccount, list: AccountList, request: PageRequest): Promise<readonly unknown[]> {
    const { path, query, response, asking } = request;
    const { entries, link } = await this.sources.read(far, { list, page: forwardableQuery(query) }, asking);
    const next = rewriteNextLink(link, far.source.url, { base: this.config.baseUrl, path });
    response.set({ ...sourceHeaders(far.source), ...(next && { link: next }) });
    return entries;
  }

  private async places(name: string, { query, path, response }: PageRequest): Promise<readonly Membership[]> {
    const given = { type: 'query', metatype: MemberPageDto } as const;
    const asked = (await this.pages.transform(Object.fromEntries(query), given)) as MemberPageDto;
    const { limit = PAGE, cursor: after } = asked;
    const { members, next } = await this.organizations.members(name, { limit, after });
    this.links.give(response, path, { limit, after: next });
    return members;
  }

  private toMember({ account, role }: Membership): ListedUserDto {
    return {
      ...{ _id: publicId(account.id), user: account.name, fullname: account.fullName },
      ...{ avatarUrl: this.avatars.of(account), isPro: false, type: 'user', isFollowing: false, role },
    };
  }
}
