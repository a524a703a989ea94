import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsISO8601, IsOptional, Matches } from 'class-validator';
import { AUDIT_ACTIONS } from '../../../domain/audit-actions.js';
import type { AuditAction } from '../../../domain/audit-actions.js';
import type { AuditFilter } from '../../../platform/audit/audit-events.store.js';
import { PrintableLine } from '../printable.decorator.js';
import { PageLimit } from '../../../platform/http/page-limit.decorator.js';

const ACTIONS = Object.keys(AUDIT_ACTIONS) as AuditAction[];

/** Filters of the audit log. */
export class AuditFilterDto {
  /**
   * Name of the account that acted.
   * @example "alice"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(120)
  actor?: string;

  /** Only acts of the account with this ID, the `actor_id` of an event. */
  @ApiPropertyOptional({ example: '00000000000000000000002a' })
  @IsOptional()
  @Matches(/^0{16}[0-7][0-9a-f]{7}$/, { message: 'Must be the actor_id of an event' })
  actor_id?: string;

  /** Only these actions, separated by commas. Downloads are only listed if they are named. */
  @ApiPropertyOptional({ type: String, example: 'repo.create,repo.delete' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMaxSize(100)
  @IsIn(ACTIONS, { each: true })
  action?: AuditAction[];

  /**
   * Full name of a repository.
   * @example "alice/my-model"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @PrintableLine(200)
  repo?: string;

  /** Events at or after this time, in ISO 8601. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  /** Events before this time, in ISO 8601. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;
}

/** Filters and pagination of the audit log. */
export class AuditQueryDto extends AuditFilterDto {
  /** Events per page. */
  @PageLimit({ maximum: 500, default: 50 })
  limit?: number;

  /** `next` of the previous page, with the same filters. */
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d{1,18}$/, { message: 'belongs to a different list. Start again without a cursor.' })
  cursor?: string;
}

/** Filters of an export of the audit log. */
export class AuditExportDto extends AuditFilterDto {
  /** Whether downloads are included, which may be very many. */
  @ApiPropertyOptional()
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  downloads?: boolean;
}

export const toAuditFilter = ({ actor, actor_id, action, repo, from, to }: AuditFilterDto): AuditFilter => ({
  actor,
  actorId: actor_id === undefined ? undefined : Number.parseInt(actor_id, 16),
  actions: action,
  repo,
  ...(from !== undefined && { from: new Date(from) }),
  ...(to !== undefined && { to: new Date(to) }),
});
