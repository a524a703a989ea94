import { Body } from '@nestjs/common';
import { ApiBadRequestResponse, ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto, ReplacedDto } from './dto/outcome.dto.js';
import { ReplaceSourcesDto } from './dto/source-changes.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** Replaces all stored sources, to import a file or to apply a draft. */
@AdminApi()
export class BulkReplaceController {
  constructor(private readonly sources: FallbackSourcesService) {}

  @Route('admin.sources.replaceAll')
  @ApiOperation({ summary: 'Replace all stored sources; if one is invalid, nothing changes' })
  @ApiOkResponse({ type: ReplacedDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'A source from the environment already has this name' })
  async replace(@Body() { sources }: ReplaceSourcesDto, @CurrentCaller() caller: Caller): Promise<ReplacedDto> {
    const { before, after, ignored, kept, dropped } = await this.sources.bulkReplace(sources, caller);
    const named = { ignored: [...ignored], kept_credentials: [...kept], dropped_credentials: [...dropped] };
    return { success: true, replaced: after, before, after, ...named };
  }
}
