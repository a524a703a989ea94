import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { ListSourcesDto } from './dto/list-sources.dto.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { ChangeSourceDto, OrderSourcesDto } from './dto/source-changes.dto.js';
import { SourceSettingDto } from './dto/source-setting.dto.js';
import { SourceDto, toSourceDto } from './dto/source.dto.js';

/** The sources, one by one. */
@AdminApi('fallback-sources')
export class FallbackSourcesController {
  constructor(private readonly sources: FallbackSourcesService) {}

  @Post()
  @ApiOperation({ summary: 'Add a source' })
  @ApiCreatedResponse({ type: SourceDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The namespace has a source of that name' })
  async create(@Body() setting: SourceSettingDto): Promise<SourceDto> {
    return toSourceDto(await this.sources.create(setting));
  }

  @Get()
  @ApiOperation({ summary: 'The sources in the order in which they are asked' })
  @ApiOkResponse({ type: [SourceDto] })
  list(@Query() filter: ListSourcesDto): SourceDto[] {
    return this.sources.list(filter).map(toSourceDto);
  }

  @Put('order')
  @ApiOperation({ summary: 'Put the stored sources into another order, all of them or none' })
  @ApiOkResponse({ type: [SourceDto] })
  @ApiBadRequestResponse({ type: ErrorDto })
  async reorder(@Body() { ids }: OrderSourcesDto): Promise<SourceDto[]> {
    return (await this.sources.reorder(ids)).map(toSourceDto);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One source' })
  @ApiOkResponse({ type: SourceDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  get(@Param('id') id: string): SourceDto {
    return toSourceDto(this.sources.get(id));
  }

  @Put(':id')
  @ApiOperation({ summary: 'Change the fields that are given' })
  @ApiOkResponse({ type: SourceDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The name is taken, or the source comes from the environment' })
  async change(@Param('id') id: string, @Body() fields: ChangeSourceDto): Promise<SourceDto> {
    return toSourceDto(await this.sources.update(id, fields));
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Remove a source' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The source comes from the environment' })
  async delete(@Param('id') id: string): Promise<DoneDto> {
    const { source } = await this.sources.delete(id);
    return { success: true, message: `Fallback source ${source.name} deleted` };
  }
}
