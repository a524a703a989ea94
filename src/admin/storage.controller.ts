import { Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CollectorService } from '../repos/gc/collector.service.js';
import { StorageUsageStore } from '../repos/gc/storage-usage.store.js';
import { AdminApi } from './admin-api.decorator.js';
import { CollectedDto } from './dto/collected.dto.js';
import { StorageFiguresDto } from './dto/storage.dto.js';

/** The store of content. */
@AdminApi('storage')
export class StorageController {
  constructor(
    private readonly collector: CollectorService,
    private readonly figures: StorageUsageStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How much content there is, and how much of it is needed' })
  @ApiOkResponse({ type: StorageFiguresDto })
  read(): Promise<StorageFiguresDto> {
    return this.figures.read();
  }

  @Post('collect')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete content that nothing has needed for a day; done every hour without being asked' })
  @ApiOkResponse({ type: CollectedDto })
  collect(): Promise<CollectedDto> {
    return this.collector.collect();
  }
}
