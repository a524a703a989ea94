import { Body } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { OfflineService } from '../fallback/sources/offline.service.js';
import { Route } from '../platform/http/route.decorator.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { OfflineDto, SetOfflineDto } from './dto/offline.dto.js';
import { ErrorDto } from './dto/outcome.dto.js';

/** Requests to all sources can be turned off. */
@AdminApi()
export class OfflineController {
  constructor(private readonly offline: OfflineService) {}

  @Route('admin.offline.read')
  @ApiOperation({ summary: 'Get whether the hub is offline' })
  @ApiOkResponse({ type: OfflineDto })
  read(): OfflineDto {
    const { by } = this.offline;
    return { offline: by !== null, set_by: by };
  }

  @Route('admin.offline.set')
  @ApiOperation({
    summary: 'Turn requests to all sources off or on',
    description: 'Applies to all replicas before it returns. What the hub has stored of sources is still served.',
  })
  @ApiOkResponse({ type: OfflineDto })
  @ApiConflictResponse({ type: ErrorDto })
  async set(@Body() { offline }: SetOfflineDto, @CurrentCaller() caller: Caller): Promise<OfflineDto> {
    await this.offline.set(offline, caller);
    return this.read();
  }
}
