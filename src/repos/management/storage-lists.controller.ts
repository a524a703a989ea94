import { Controller, Header, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import { nextLink } from '../../domain/rewrite-link.js';
import { encodeQuery } from '../../domain/encode-path.js';
import { Route } from '../../platform/http/route.decorator.js';
import { StorageListQueryDto, StoredRepositoryDto } from './dto/storage-list.dto.js';
import { StorageLists, type StorageListPage } from './storage-lists.service.js';

/** Repositories of an account with what they store (`hf repos ls`). */
@Controller()
@ApiTags('accounts')
export class StorageListsController {
  constructor(private readonly lists: StorageLists) {}

  /** List your own repositories with what they store, largest first. */
  @Route('settings.repositories')
  @Header('Cache-Control', 'no-store')
  async ofCaller(
    @PageContext() page: PageRequest,
    @Query() query: StorageListQueryDto,
  ): Promise<StoredRepositoryDto[]> {
    return send(page, await this.lists.ofCaller(page.context.caller, query));
  }

  /** List the repositories of an organization that you are a member of, with what they store, largest first. */
  @Route('settings.organizationRepositories')
  @Header('Cache-Control', 'no-store')
  async ofOrganization(
    @PageContext() page: PageRequest,
    @Param('name') name: string,
    @Query() query: StorageListQueryDto,
  ): Promise<StoredRepositoryDto[]> {
    return send(page, await this.lists.ofOrganization(page.context.caller, name, query));
  }
}

/** Sets the `Link` to the next page. */
function send(
  { path, query, urls, response }: PageRequest,
  { repositories, next }: StorageListPage,
): StoredRepositoryDto[] {
  const others = query.filter(([name]) => name !== 'cursor');
  if (next !== undefined) response.set('Link', nextLink(urls.url(path + encodeQuery([...others, ['cursor', next]]))));
  return [...repositories];
}
