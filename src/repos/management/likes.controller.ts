import { Controller, Header, HttpCode, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RepoId } from '../../domain/repo-id.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import { Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { LikeStateDto } from './dto/like.dto.js';
import { LikesService } from './likes.service.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';

/** Likes of local repositories. The likes of external repositories are read from their sources, with the repository and its likers. */
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
@ApiTags('repositories')
export class LikesController {
  constructor(private readonly likes: LikesService) {}

  @Route('likes.get')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Get whether you like a local repository' })
  get(@Repo() repo: RepoId, @Context() context: RequestContext): Promise<LikeStateDto> {
    return this.likes.get(repo, context);
  }

  @Route('likes.add')
  @HttpCode(200)
  @ApiOperation({ summary: 'Like a local repository' })
  add(@Repo() repo: RepoId, @Context() context: RequestContext): Promise<LikeStateDto> {
    return this.likes.set(repo, true, context);
  }

  @Route('likes.remove')
  @ApiOperation({ summary: 'Remove your like of a local repository' })
  remove(@Repo() repo: RepoId, @Context() context: RequestContext): Promise<LikeStateDto> {
    return this.likes.set(repo, false, context);
  }
}
