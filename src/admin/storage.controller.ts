import { HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CollectorService } from '../repos/cleanup/collector.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { CollectedDto } from './dto/collected.dto.js';

/** The store of content. */
@AdminApi('storage')
export class StorageController {
  constructor(private readonly collector: CollectorService) {}

  @Post('collect')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete content that nothing has needed for a day; done every hour without being asked' })
  @ApiOkResponse({ type: CollectedDto })
  collect(): Promise<CollectedDto> {
    return this.collector.collect();
  }
}
