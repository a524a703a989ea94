import { Body, HttpCode, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { ChangeSourceDto, OrderSourcesDto } from './dto/source-changes.dto.js';
import { SourceSettingDto } from './dto/source-setting.dto.js';
import { ListSourcesDto, SourceDto, toSourceDto } from './dto/source.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** Manages the external sources. */
@AdminApi()
export class FallbackSourcesController {
  constructor(private readonly sources: FallbackSourcesService) {}

  @Route('admin.sources.create')
  @ApiOperation({ summary: 'Add a source' })
  @ApiCreatedResponse({ type: SourceDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'A source with this name already exists in the namespace' })
  async create(@Body() setting: SourceSettingDto, @CurrentCaller() caller: Caller): Promise<SourceDto> {
    return toSourceDto(await this.sources.create(setting, caller));
  }

  @Route('admin.sources.list')
  @ApiOperation({ summary: 'List sources in the order in which they are tried' })
  @ApiOkResponse({ type: [SourceDto] })
  list(@Query() filter: ListSourcesDto): SourceDto[] {
    return this.sources.list(filter).map(toSourceDto);
  }

  @Route('admin.sources.reorder')
  @ApiOperation({ summary: 'Reorder all stored sources' })
  @ApiOkResponse({ type: [SourceDto] })
  @ApiBadRequestResponse({ type: ErrorDto })
  async reorder(@Body() { ids }: OrderSourcesDto, @CurrentCaller() caller: Caller): Promise<SourceDto[]> {
    return (await this.sources.reorder(ids, caller)).map(toSourceDto);
  }

  @Route('admin.sources.get')
  @ApiOperation({ summary: 'Get a source' })
  @ApiOkResponse({ type: SourceDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  get(@Param('id') id: string): SourceDto {
    return toSourceDto(this.sources.get(id));
  }

  @Route('admin.sources.change')
  @ApiOperation({ summary: 'Update a source; omitted fields stay unchanged' })
  @ApiOkResponse({ type: SourceDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({
    type: ErrorDto,
    description: 'The name is already taken, or the source is set by environment variables',
  })
  async change(
    @Param('id') id: string,
    @Body() fields: ChangeSourceDto,
    @CurrentCaller() caller: Caller,
  ): Promise<SourceDto> {
    return toSourceDto(await this.sources.update(id, fields, caller));
  }

  @Route('admin.sources.delete')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a source' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The source is set by environment variables' })
  async delete(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<DoneDto> {
    const { source } = await this.sources.delete(id, caller);
    return { success: true, message: `Fallback source ${source.name} deleted` };
  }
}
