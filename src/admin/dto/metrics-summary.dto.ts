import { ApiProperty } from '@nestjs/swagger';
import { ROUTE_GROUPS, type RouteGroup } from '../../platform/http/route-group.js';
import { CacheStatsDto } from './outcome.dto.js';
import { SourceHealthDto } from './source-health.dto.js';

/** Answers of one kind. */
export class AnswerCountDto {
  @ApiProperty({ enum: ROUTE_GROUPS })
  group: RouteGroup;

  /**
   * As it was sent; 499: the client hung up before it got any.
   * @example 200
   */
  status: number;

  /** @example 340 */
  count: number;
}

/** Something that the hub works with. */
export class ComponentDto {
  /** @example "database" */
  name: string;

  /** Degraded: it is down, and the hub works on without it. */
  @ApiProperty({ enum: ['up', 'down', 'degraded'] })
  status: 'up' | 'down' | 'degraded';

  /** What is wrong with it. */
  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** Which programs run. */
export class VersionsDto {
  /** @example "0.1.0" */
  hub: string;

  /** @example "24.11.0" */
  node: string;
}

/** How this process has been doing since its start; other replicas have figures of their own. */
export class MetricsSummaryDto {
  versions: VersionsDto;

  /** @example 86400 */
  uptime_seconds: number;

  /** @example 3 */
  requests_in_flight: number;

  requests: AnswerCountDto[];

  components: ComponentDto[];

  cache: CacheStatsDto;

  sources: SourceHealthDto[];
}
