import { Controller, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { parameter } from '../domain/query-flags.js';
import type { TagsByType, TagsOperation } from '../domain/repo-tags.js';
import { FallbackTraceInterceptor } from '../fallback/resolver/fallback-trace.interceptor.js';
import { PageContext, type PageRequest } from '../fallback/resolver/request-context.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { failuresHeader } from '../domain/list-failures.js';
import { RepoTags } from './repo-tags.service.js';

const TAG = {
  type: 'object',
  properties: { id: { type: 'string' }, label: { type: 'string' }, type: { type: 'string' } },
};
const RESPONSE = { schema: { type: 'object', additionalProperties: { type: 'array', items: TAG } } } as const;
const TYPE = { name: 'type', required: false, description: 'Only tags of this type, such as license' } as const;

/** The tags that lists can be filtered by. */
@ApiTags('repositories')
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class RepoTagsController {
  constructor(private readonly tags: RepoTags) {}

  @Route('tags.models')
  @ApiOperation({ summary: 'List the tags of models by type, local and external' })
  @ApiQuery(TYPE)
  @ApiOkResponse(RESPONSE)
  models(@PageContext() request: PageRequest): Promise<TagsByType> {
    return this.respond('model', request);
  }

  @Route('tags.datasets')
  @ApiOperation({ summary: 'List the tags of datasets by type, local and external' })
  @ApiQuery(TYPE)
  @ApiOkResponse(RESPONSE)
  datasets(@PageContext() request: PageRequest): Promise<TagsByType> {
    return this.respond('dataset', request);
  }

  private async respond(type: TagsOperation['type'], { context, query, response }: PageRequest): Promise<TagsByType> {
    const { tags, failures } = await this.tags.byType(type, parameter(query, 'type'), context);
    if (failures.length > 0) response.set('X-Source-Failures', failuresHeader(failures));
    return tags;
  }
}
