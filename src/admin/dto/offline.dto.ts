import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import type { OfflineBy } from '../../fallback/sources/offline.service.js';

/** Whether requests are sent to sources. */
export class OfflineDto {
  /** Whether no requests are sent to any source. Stored files and replies are served. */
  offline: boolean;

  /** Cause of the state: `KOHAKU_HUB_OFFLINE`, which cannot be changed here, or an administrator. */
  @ApiProperty({ enum: ['environment', 'administrator'], nullable: true })
  set_by: OfflineBy;
}

/** Turns requests to all sources off or on. */
export class SetOfflineDto {
  @IsBoolean()
  offline: boolean;
}
