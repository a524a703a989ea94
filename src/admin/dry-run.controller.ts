import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { DryRunDto } from './dto/dry-run.dto.js';
import { DryRunRequestDto } from './dto/dry-run-request.dto.js';
import { DryRunService } from './dry-run.service.js';

/** The dry run of the chain. */
@AdminApi('fallback/test')
export class DryRunController {
  constructor(private readonly rehearsals: DryRunService) {}

  @Post('simulate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the chain a question and see what every source says; nothing is bound' })
  @ApiOkResponse({ type: DryRunDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  simulate(@Body() question: DryRunRequestDto): Promise<DryRunDto> {
    return this.rehearsals.simulate(question);
  }
}
