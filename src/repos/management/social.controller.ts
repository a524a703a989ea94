import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';

/** A page of discussions; always empty on this hub. */
export class DiscussionsDto {
  discussions: [];
  count: number;
  start: number;
}

const NO_DISCUSSIONS: DiscussionsDto = { discussions: [], count: 0, start: 0 };

/**
 * Discussions and likes, which this hub does not have. Clients list the discussions of a repository before other operations (transformers
 * searches for a safetensors conversion), so the response is an empty list for every repository.
 */
@Controller('api/:types/:namespace/:name')
@ApiTags('repositories')
export class SocialController {
  @Get('discussions')
  @ApiOperation({ summary: 'List discussions and pull requests (always empty)' })
  discussions(): DiscussionsDto {
    return NO_DISCUSSIONS;
  }

  @Post('discussions')
  @ApiOperation({ summary: 'Create a discussion (not supported)' })
  createDiscussion(): never {
    throw new HubError(
      'NotImplemented',
      'This hub does not support pull requests or discussions. Commit to a branch instead.',
    );
  }

  @Get('likers')
  @ApiOperation({ summary: 'List users who like the repository (always empty)' })
  likers(): [] {
    return [];
  }
}
