import { applyDecorators, Controller, Header } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../fallback/resolver/request-context.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { FacetsDto } from './dto/facets.dto.js';
import { Facets } from './facets.service.js';

const ApiFacets = (types: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: `Count local ${types} by task, license and other facets`,
      description: `The parameters are those of the list of ${types}. Each facet counts the repositories that match the filters of all other facets. Only local repositories that the caller may see are counted.`,
    }),
    ApiQuery({ name: 'search', required: false, description: 'Words in ids, tags and metadata' }),
    ApiQuery({ name: 'filter', required: false, description: 'A tag; may be repeated' }),
    ApiQuery({ name: 'author', required: false, description: 'Name of a user or organization' }),
    Header('Cache-Control', 'no-store'),
  );

/** Counts for the filters of lists. */
@ApiTags('repositories')
@Controller()
export class FacetsController {
  constructor(private readonly facets: Facets) {}

  @Route('facets.models')
  @ApiFacets('models')
  models(@PageContext() { query, context }: PageRequest): Promise<FacetsDto> {
    return this.facets.count('model', query, context.caller);
  }

  @Route('facets.datasets')
  @ApiFacets('datasets')
  datasets(@PageContext() { query, context }: PageRequest): Promise<FacetsDto> {
    return this.facets.count('dataset', query, context.caller);
  }

  @Route('facets.spaces')
  @ApiFacets('spaces')
  spaces(@PageContext() { query, context }: PageRequest): Promise<FacetsDto> {
    return this.facets.count('space', query, context.caller);
  }
}
