import { Controller, Get, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { AsksPage, type PageRequest } from '../../fallback/resolver/asks.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import { LikeDto, ListedUserDto } from './dto/listed-user.dto.js';
import { MembersDto } from './dto/organization.dto.js';
import { AccountListPages } from './account-list-pages.service.js';

/** Who belongs to an account, and who follows whom: of the hub's own nobody does; of a source's the source is asked, page by page. */
@ApiTags('accounts')
@ApiQuery({ name: 'limit', required: false, description: 'People per page' })
@ApiQuery({ name: 'cursor', required: false, description: 'As the `Link` of the page before has it' })
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class AccountListsController {
  constructor(private readonly people: AccountListPages) {}

  /** Who belongs to an organization; of the hub's own, with what each may do there. */
  @Get('api/organizations/:name/members')
  members(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.people.members(name, page);
  }

  /** The members of one of the hub's own organizations, as KohakuHub has them. */
  @Get('org/:name/members')
  @Header('Cache-Control', 'no-store')
  membersOfOwn(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<MembersDto> {
    return this.people.membersOfOwn(name, page);
  }

  /** Who follows an organization. */
  @Get('api/organizations/:name/followers')
  followersOfOrganization(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.people.users({ kind: 'organization', name, list: 'followers' }, page);
  }

  /** Who follows a user. */
  @Get('api/users/:name/followers')
  followers(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.people.users({ kind: 'user', name, list: 'followers' }, page);
  }

  /** Whom a user follows. */
  @Get('api/users/:name/following')
  following(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<ListedUserDto[]> {
    return this.people.users({ kind: 'user', name, list: 'following' }, page);
  }

  /** What a user likes. */
  @Get('api/users/:name/likes')
  likes(@AsksPage() page: PageRequest, @Param('name') name: string): Promise<LikeDto[]> {
    return this.people.likes(name, page);
  }
}
