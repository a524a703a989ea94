import { ApiProperty } from '@nestjs/swagger';
import type { TokenFinding } from '../../fallback/upstream/connection-report.js';
import { HoldDto } from './source-health.dto.js';

/** The result of a connection test. */
export class SourceTestDto {
  /** Whether the source can be used. */
  @ApiProperty({ example: true })
  ok: boolean;

  /** HTTP status; null if there was no response. */
  @ApiProperty({ type: Number, nullable: true, example: 200 })
  status: number | null;

  /** @example 84 */
  latency_ms: number;

  /** Whether the source accepts its token. */
  @ApiProperty({ enum: ['none', 'valid', 'rejected', 'unknown', 'unreadable'] })
  token: TokenFinding;

  /** The requests that this hub does not send now, because the source limits them. Empty for a source that is not stored. */
  @ApiProperty({ type: [HoldDto] })
  holds: HoldDto[];

  /**
   * Description of the result.
   * @example "Connected. The token is accepted."
   */
  detail: string;
}
