import { Controller, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { MembersDto } from './dto/organization.dto.js';
import { AccountListPages } from './account-list-pages.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Members, followers and likes. For external accounts, they come from the source; local accounts have members and likes. */
@ApiTags('accounts')
@ApiQuery({ name: 'limit', required: false, description: 'Number of entries per page' })
@ApiQuery({ name: 'cursor', required: false, description: 'Cursor from the `Link` header of the previous page' })
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class AccountListsController {
  constructor(private readonly lists: AccountListPages) {}

  /** List the members of an organization, with their roles if it is local. */
  @Route('accounts.members')
  members(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.members(name, page);
  }

  /** List the members of a local organization, in the format of KohakuHub. */
  @Route('accounts.localMembers')
  @Header('Cache-Control', 'no-store')
  localMembers(@PageContext() page: PageRequest, @Param('name') name: string): Promise<MembersDto> {
    return this.lists.localMembers(name, page);
  }

  /** List the followers of an organization. */
  @Route('accounts.followersOfOrganization')
  followersOfOrganization(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'organization', name, list: 'followers' }, page);
  }

  /** List the followers of a user. */
  @Route('accounts.followers')
  followers(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'user', name, list: 'followers' }, page);
  }

  /** List the users that a user follows. */
  @Route('accounts.following')
  following(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'user', name, list: 'following' }, page);
  }

  /** List the repositories that a user likes. */
  @Route('accounts.likes')
  likes(@PageContext() page: PageRequest, @Param('name') name: string): Promise<LikeDto[]> {
    return this.lists.likes(name, page);
  }
}
