import { ApiProperty } from '@nestjs/swagger';
import { ROUTE_GROUPS, type RouteGroup } from '../../platform/http/route-group.js';
import { CacheStatsDto } from './outcome.dto.js';
import { SourceHealthDto } from './source-health.dto.js';

/** Number of responses by route group and status. */
export class OutcomeCountDto {
  @ApiProperty({ enum: ROUTE_GROUPS })
  group: RouteGroup;

  /**
   * HTTP status; 499 if the client disconnected before the response.
   * @example 200
   */
  status: number;

  /** @example 340 */
  count: number;
}

/** The state of a component, such as the database. */
export class ComponentDto {
  /** @example "database" */
  name: string;

  /** `degraded` means that the component is down but the hub continues without it. */
  @ApiProperty({ enum: ['up', 'down', 'degraded'] })
  status: 'up' | 'down' | 'degraded';

  /** The problem, if any. */
  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** Software versions. */
export class VersionsDto {
  /** @example "0.1.0" */
  hub: string;

  /** @example "24.11.0" */
  node: string;
}

/** Metrics of this replica since it started. */
export class MetricsSummaryDto {
  versions: VersionsDto;

  /** @example 86400 */
  uptime_seconds: number;

  /** @example 3 */
  requests_in_flight: number;

  requests: OutcomeCountDto[];

  components: ComponentDto[];

  cache: CacheStatsDto;

  sources: SourceHealthDto[];
}

/** Metrics of this replica at a time: counts since it started, and the state of its sources. */
export class MetricsSampleDto {
  /** ISO 8601. */
  at: string;

  requests: OutcomeCountDto[];

  sources: SourceHealthDto[];
}
