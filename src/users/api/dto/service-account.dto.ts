import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import type { MemberRole } from '../../membership.entity.js';
import { PrintableLine } from '../printable.decorator.js';
import { TokenDto } from './token.dto.js';

const ROLES: readonly MemberRole[] = ['read', 'write', 'admin'];

/** A new service account. */
export class CreateServiceAccountDto {
  /**
   * Name of the account. Users and organizations have different names.
   * @example "acme-ci"
   */
  @PrintableLine(96)
  name: string;

  /** Role in the organization. */
  @ApiPropertyOptional({ enum: ROLES, default: 'write' })
  @IsOptional()
  @IsIn(ROLES)
  role?: MemberRole;
}

/** Changes of a service account. */
export class ChangeServiceAccountDto {
  @ApiPropertyOptional({ enum: ROLES })
  @IsOptional()
  @IsIn(ROLES)
  role?: MemberRole;

  /** The tokens of a disabled account are rejected. */
  @IsOptional()
  @IsBoolean()
  disabled?: boolean;
}

/** A service account of an organization. */
export class ServiceAccountDto {
  /** @example "acme-ci" */
  name: string;

  @ApiProperty({ enum: ROLES })
  role: MemberRole;

  disabled: boolean;

  /** ISO 8601. */
  created_at: string;

  /** Newest first. */
  tokens: TokenDto[];
}

/** The service accounts of an organization. */
export class ServiceAccountListDto {
  /** Ordered by name. */
  service_accounts: ServiceAccountDto[];
}
