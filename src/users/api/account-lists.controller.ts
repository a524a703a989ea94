import { Controller, Get, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { MembersDto } from './dto/organization.dto.js';
import { AccountListPages } from './account-list-pages.service.js';

/** Members, followers and likes. For external accounts, they come from the source; local accounts only have members. */
@ApiTags('accounts')
@ApiQuery({ name: 'limit', required: false, description: 'Number of entries per page' })
@ApiQuery({ name: 'cursor', required: false, description: 'Cursor from the `Link` header of the previous page' })
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class AccountListsController {
  constructor(private readonly lists: AccountListPages) {}

  /** List the members of an organization, with their roles if it is local. */
  @Get('api/organizations/:name/members')
  members(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.members(name, page);
  }

  /** List the members of a local organization, in the format of KohakuHub. */
  @Get('org/:name/members')
  @Header('Cache-Control', 'no-store')
  localMembers(@PageContext() page: PageRequest, @Param('name') name: string): Promise<MembersDto> {
    return this.lists.localMembers(name, page);
  }

  /** List the followers of an organization. */
  @Get('api/organizations/:name/followers')
  followersOfOrganization(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'organization', name, list: 'followers' }, page);
  }

  /** List the followers of a user. */
  @Get('api/users/:name/followers')
  followers(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'user', name, list: 'followers' }, page);
  }

  /** List the users that a user follows. */
  @Get('api/users/:name/following')
  following(@PageContext() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.lists.users({ kind: 'user', name, list: 'following' }, page);
  }

  /** List the repositories that a user likes. */
  @Get('api/users/:name/likes')
  likes(@PageContext() page: PageRequest, @Param('name') name: string): Promise<LikeDto[]> {
    return this.lists.likes(name, page);
  }
}
