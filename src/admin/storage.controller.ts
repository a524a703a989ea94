import { HttpCode } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CollectorService } from '../repos/gc/collector.service.js';
import { StorageUsageStore } from '../repos/gc/storage-usage.store.js';
import { AdminApi } from './admin-api.decorator.js';
import { CollectedDto, StorageFiguresDto } from './dto/storage.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** Storage usage and garbage collection. */
@AdminApi()
export class StorageController {
  constructor(
    private readonly collector: CollectorService,
    private readonly usage: StorageUsageStore,
  ) {}

  @Route('admin.storage.read')
  @ApiOperation({ summary: 'Get the amount of stored content' })
  @ApiOkResponse({ type: StorageFiguresDto })
  read(): Promise<StorageFiguresDto> {
    return this.usage.read();
  }

  @Route('admin.storage.collect')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete content that has been unreferenced for a day; also runs every hour' })
  @ApiOkResponse({ type: CollectedDto })
  collect(): Promise<CollectedDto> {
    return this.collector.collect();
  }
}
