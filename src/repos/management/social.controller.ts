import { Controller } from '@nestjs/common';
import { ApiNotImplementedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Discussions, which this hub does not have. Discussions of external repositories can be read (`ReadController`). */
@Controller()
@ApiTags('repositories')
export class SocialController {
  @Route('repositories.createDiscussion')
  @ApiOperation({ summary: 'Create a discussion (not supported)' })
  @ApiNotImplementedResponse({ description: 'This hub does not support discussions' })
  createDiscussion(): never {
    throw new HubError(
      'NotImplemented',
      'This hub does not support pull requests or discussions. Commit to a branch instead.',
    );
  }
}
