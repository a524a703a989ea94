import { Controller, Get, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { AsksPage, type PageRequest } from '../fallback/resolver/asks.decorator.js';
import { FallbackTraceInterceptor } from '../fallback/resolver/fallback-trace.interceptor.js';
import { failuresHeader } from './list-failures.js';
import { UserReposDto } from './dto/user-repos.dto.js';
import { UserReposService } from './user-repos.service.js';

/** What accounts have. */
@ApiTags('accounts')
@Controller('api/users')
@UseInterceptors(FallbackTraceInterceptor)
export class UserReposController {
  constructor(private readonly repositories: UserReposService) {}

  /** All repositories of a user or organization, of this hub and of its sources, by type: those that the caller may see. */
  @Get(':name/repos')
  @ApiQuery({
    name: 'sort',
    required: false,
    description: 'recent (as without it), updated, downloads, likes or trending',
  })
  @ApiQuery({ name: 'direction', required: false, description: '-1 descending, 1 ascending' })
  @ApiQuery({ name: 'limit', required: false, description: 'Repositories of each type: 1000, which is also the most' })
  @Header('Cache-Control', 'no-store')
  async of(@AsksPage() { asking, query, response }: PageRequest, @Param('name') name: string): Promise<UserReposDto> {
    const { entries, truncated, failures } = await this.repositories.of(name, query, asking);
    if (failures.length > 0) response.set('X-Source-Failures', failuresHeader(failures));
    return {
      ...{ models: entries.model, datasets: entries.dataset, spaces: entries.space },
      ...(truncated.length > 0 && { _truncated: truncated.map((type) => `${type}s` as const) }),
    };
  }
}
