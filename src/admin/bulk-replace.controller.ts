import { Body, Put } from '@nestjs/common';
import { ApiBadRequestResponse, ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto, ReplacedDto } from './dto/outcome.dto.js';
import { ReplaceSourcesDto } from './dto/source-changes.dto.js';

/** All stored sources at once: an import, or a draft that has become good. */
@AdminApi('fallback')
export class BulkReplaceController {
  constructor(private readonly sources: FallbackSourcesService) {}

  @Put('sources-bulk-replace')
  @ApiOperation({ summary: 'Replace all stored sources, or none when one is not right' })
  @ApiOkResponse({ type: ReplacedDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'A name is taken by a source from the environment' })
  async replace(@Body() { sources }: ReplaceSourcesDto): Promise<ReplacedDto> {
    const { before, after } = await this.sources.bulkReplace(sources);
    return { success: true, replaced: after, before, after };
  }
}
