import { Body, HttpCode } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { DryRunDto } from './dto/dry-run.dto.js';
import { DryRunRequestDto } from './dto/dry-run-request.dto.js';
import { DryRunService } from './dry-run.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Dry runs of the chain of sources. */
@AdminApi()
export class DryRunController {
  constructor(private readonly dryRuns: DryRunService) {}

  @Route('admin.dryRun')
  @HttpCode(200)
  @ApiOperation({ summary: 'Dry-run a request through the sources and report each attempt; nothing is cached' })
  @ApiOkResponse({ type: DryRunDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  run(@Body() request: DryRunRequestDto): Promise<DryRunDto> {
    return this.dryRuns.run(request);
  }
}
