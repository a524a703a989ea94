import { HttpCode, Inject } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { DiskFloor } from '../platform/storage/disk-floor.js';
import { CollectorService } from '../repos/gc/collector.service.js';
import { StorageUsageStore } from '../repos/gc/storage-usage.store.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { CollectedDto, StorageFiguresDto } from './dto/storage.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** Storage usage and garbage collection. */
@AdminApi()
export class StorageController {
  constructor(
    private readonly collector: CollectorService,
    private readonly usage: StorageUsageStore,
    private readonly floor: DiskFloor,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Route('admin.storage.read')
  @ApiOperation({ summary: 'Get the amount of stored content' })
  @ApiOkResponse({ type: StorageFiguresDto })
  async read(): Promise<StorageFiguresDto> {
    const free = await this.floor.free();
    const { minFreeDisk } = this.config.limits;
    return {
      ...(await this.usage.read()),
      free_bytes: Number.isFinite(free) ? free : null,
      min_free_bytes: minFreeDisk,
    };
  }

  @Route('admin.storage.collect')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete content that has been unreferenced for a day; also runs every hour' })
  @ApiOkResponse({ type: CollectedDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The storage may belong to another hub' })
  collect(): Promise<CollectedDto> {
    return this.collector.collect();
  }
}
