import { Controller, Header, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { failuresHeader } from '../domain/list-failures.js';
import { publicId } from '../domain/lookup-key.js';
import { sourceMarks } from '../domain/tag-source.js';
import type { UrlBuilder } from '../domain/url-builder.js';
import { FallbackTraceInterceptor } from '../fallback/resolver/fallback-trace.interceptor.js';
import { PageContext, type PageRequest } from '../fallback/resolver/request-context.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { externalAvatars, localAvatars } from '../users/api/avatar-urls.js';
import { QuickSearchDto, type ResultGroup } from './dto/quick-search.dto.js';
import { servedHeaders } from './list-sources.js';
import { QuickSearch, type FoundAccount, type SearchResults } from './quick-search.service.js';
import { parseSearch } from './search-parameters.js';

/** The search of the header of the pages, which the Hub has under the same address. */
@ApiTags('repositories')
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class QuickSearchController {
  constructor(private readonly quickSearch: QuickSearch) {}

  /** Search repositories, users and organizations by name, local ones first. */
  @Route('lists.quickSearch')
  @ApiQuery({ name: 'q', description: 'Text to search for, at most 200 characters' })
  @ApiQuery({
    name: 'type',
    required: false,
    description: 'model, dataset, space, user or org; may be repeated. All by default',
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Maximum number of results of each type; 10 by default, at most 50',
  })
  @ApiQuery({ name: 'fallback', required: false, description: '`false` returns local results only' })
  @Header('Cache-Control', 'no-store')
  async search(@PageContext() { context, query, urls, response }: PageRequest): Promise<QuickSearchDto> {
    const search = parseSearch(query);
    const results = await this.quickSearch.search(search, context);
    response.set(servedHeaders(results.served));
    if (results.failures.length > 0) response.set('X-Source-Failures', failuresHeader(results.failures));
    return toDto(search.text, results, urls);
  }
}

function toDto(q: string, { repositories, accounts }: SearchResults, urls: UrlBuilder): QuickSearchDto {
  const groups: Readonly<Record<ResultGroup, { readonly hasMore: boolean }>> = {
    models: repositories.model,
    datasets: repositories.dataset,
    spaces: repositories.space,
    users: accounts.user,
    orgs: accounts.organization,
  };
  const truncated = (Object.keys(groups) as ResultGroup[]).filter((name) => groups[name].hasMore);
  return {
    q,
    models: repositories.model.entries,
    datasets: repositories.dataset.entries,
    spaces: repositories.space.entries,
    users: accounts.user.entries.map((user) => ({ user: user.name, ...accountFields(user, urls) })),
    orgs: accounts.organization.entries.map((org) => ({ name: org.name, ...accountFields(org, urls) })),
    ...(truncated.length > 0 && { _truncated: truncated }),
  };
}

const accountFields = (account: FoundAccount, urls: UrlBuilder) => ({
  _id: account.local ? publicId(account.local.id) : account.name,
  fullname: account.fullName,
  avatarUrl: account.local ? localAvatars(urls)(account.local) : externalAvatars(urls)(account),
  ...(account.source ? sourceMarks(account.source) : { _source: 'local' }),
});
