import { Controller, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../fallback/resolver/request-context.decorator.js';
import { FallbackTraceInterceptor } from '../fallback/resolver/fallback-trace.interceptor.js';
import { failuresHeader } from '../domain/list-failures.js';
import { servedHeaders } from './list-sources.js';
import { UserReposDto } from './dto/user-repos.dto.js';
import { UserReposService } from './user-repos.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Repositories of accounts. */
@ApiTags('accounts')
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class UserReposController {
  constructor(private readonly userRepos: UserReposService) {}

  /** List all repositories of a user or organization that the caller may see, local and external, by type. */
  @Route('accounts.repos')
  @ApiQuery({
    name: 'sort',
    required: false,
    description: 'recent (default), updated, downloads, likes or trending',
  })
  @ApiQuery({ name: 'direction', required: false, description: '-1 for descending (default), 1 for ascending order' })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Maximum number of repositories of each type; 1000 by default and at most',
  })
  @Header('Cache-Control', 'no-store')
  async list(
    @PageContext() { context, query, response }: PageRequest,
    @Param('name') name: string,
  ): Promise<UserReposDto> {
    const { entries, truncated, failures, served } = await this.userRepos.list(name, query, context);
    response.set(servedHeaders(served));
    if (failures.length > 0) response.set('X-Source-Failures', failuresHeader(failures));
    return {
      models: entries.model,
      datasets: entries.dataset,
      spaces: entries.space,
      ...(truncated.length > 0 && { _truncated: truncated.map((type) => `${type}s` as const) }),
    };
  }
}
