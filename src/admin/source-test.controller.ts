import { Body, HttpCode, Param } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { SourceHealthDto } from './dto/source-health.dto.js';
import { SourceSettingDto } from './dto/source-setting.dto.js';
import { SourceTestDto } from './dto/source-test.dto.js';
import { SourceHealthService } from './source-health.service.js';
import { SourceTestService } from './source-test.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Health of the sources, and connection tests. */
@AdminApi()
export class SourceTestController {
  constructor(
    private readonly health: SourceHealthService,
    private readonly tests: SourceTestService,
  ) {}

  @Route('admin.sources.health')
  @ApiOperation({ summary: 'Get the health of all sources since startup' })
  @ApiOkResponse({ type: [SourceHealthDto] })
  report(): SourceHealthDto[] {
    return this.health.report();
  }

  @Route('admin.sources.testDraft')
  @HttpCode(200)
  @ApiOperation({ summary: 'Test the connection to a source that is not stored' })
  @ApiOkResponse({ type: SourceTestDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  testDraft(@Body() setting: SourceSettingDto): Promise<SourceTestDto> {
    return this.tests.testDraft(setting);
  }

  @Route('admin.sources.testStored')
  @HttpCode(200)
  @ApiOperation({ summary: 'Test the connection to a source' })
  @ApiOkResponse({ type: SourceTestDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  testStored(@Param('id') id: string): Promise<SourceTestDto> {
    return this.tests.testStored(id);
  }
}
