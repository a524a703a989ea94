import { Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';

/** Discussions, which this hub does not have. Discussions of external repositories can be read (`ReadController`). */
@Controller('api/:types/:namespace/:name')
@ApiTags('repositories')
export class SocialController {
  @Post('discussions')
  @ApiOperation({ summary: 'Create a discussion (not supported)' })
  createDiscussion(): never {
    throw new HubError(
      'NotImplemented',
      'This hub does not support pull requests or discussions. Commit to a branch instead.',
    );
  }
}
