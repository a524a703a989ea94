import { ApiProperty } from '@nestjs/swagger';
import type { TokenFinding } from '../../fallback/upstream/connection-report.js';

/** What a connection test found. */
export class SourceTestDto {
  /** The source can be used. */
  @ApiProperty({ example: true })
  ok: boolean;

  /** HTTP status of its answer; null when none came. */
  @ApiProperty({ type: Number, nullable: true, example: 200 })
  status: number | null;

  /** @example 84 */
  latency_ms: number;

  /** What the source says of its token. */
  @ApiProperty({ enum: ['none', 'valid', 'rejected', 'unknown'] })
  token: TokenFinding;

  /**
   * The finding in words.
   * @example "It answers as a hub does, and accepts the token."
   */
  detail: string;
}
