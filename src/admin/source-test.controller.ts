import { Body, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { SourceHealthDto } from './dto/source-health.dto.js';
import { SourceSettingDto } from './dto/source-setting.dto.js';
import { SourceTestDto } from './dto/source-test.dto.js';
import { SourceHealthService } from './source-health.service.js';
import { SourceTestService } from './source-test.service.js';

/** How the sources are doing: so far, and right now. */
@AdminApi('fallback-sources')
export class SourceTestController {
  constructor(
    private readonly health: SourceHealthService,
    private readonly tester: SourceTestService,
  ) {}

  @Get('health')
  @ApiOperation({ summary: 'How every source has been doing since the start' })
  @ApiOkResponse({ type: [SourceHealthDto] })
  report(): SourceHealthDto[] {
    return this.health.report();
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask a source that is not stored a harmless question' })
  @ApiOkResponse({ type: SourceTestDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  testDraft(@Body() setting: SourceSettingDto): Promise<SourceTestDto> {
    return this.tester.testDraft(setting);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask a source a harmless question' })
  @ApiOkResponse({ type: SourceTestDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  testStored(@Param('id') id: string): Promise<SourceTestDto> {
    return this.tester.testStored(id);
  }
}
