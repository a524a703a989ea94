import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';

/** A page of discussions. */
export class DiscussionsDto {
  discussions: [];
  count: number;
  start: number;
}

const NONE: DiscussionsDto = { discussions: [], count: 0, start: 0 };

/**
 * What people say about repositories: nothing, here. Clients look for discussions before they do other things (transformers for a
 * conversion to safetensors), so that "none" must be an answer, and the same for every repository.
 */
@Controller('api/:types/:namespace/:name')
@ApiTags('repositories')
export class SocialController {
  @Get('discussions')
  @ApiOperation({ summary: 'Discussions and pull requests: none' })
  discussions(): DiscussionsDto {
    return NONE;
  }

  @Post('discussions')
  @ApiOperation({ summary: 'Not to be had: this hub keeps no discussions' })
  discuss(): never {
    throw new HubError(
      'NotImplemented',
      'This hub has no discussions and no pull requests: commit to a branch instead',
    );
  }

  @Get('likers')
  @ApiOperation({ summary: 'Who likes it: nobody' })
  likers(): [] {
    return [];
  }
}
