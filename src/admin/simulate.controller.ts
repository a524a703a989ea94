import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { RehearsalDto } from './dto/rehearsal.dto.js';
import { SimulateDto } from './dto/simulate.dto.js';
import { SimulateService } from './simulate.service.js';

/** The dry run of the chain. */
@AdminApi('fallback/test')
export class SimulateController {
  constructor(private readonly rehearsals: SimulateService) {}

  @Post('simulate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the chain a question and see what every source says; nothing is bound' })
  @ApiOkResponse({ type: RehearsalDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  simulate(@Body() question: SimulateDto): Promise<RehearsalDto> {
    return this.rehearsals.simulate(question);
  }
}
