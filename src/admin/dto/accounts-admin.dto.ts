import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import type { AccountKind } from '../../domain/account.js';
import { NAME_STATES } from '../../domain/name-check.js';
import type { NameState } from '../../domain/name-check.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';
import { PageLimit } from '../../platform/http/page-limit.decorator.js';

const KINDS: readonly AccountKind[] = ['user', 'organization'];

/** Allows a field to be omitted, but not null. */
const IsOptionalNotNull = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** Filters and pagination of accounts. */
export class ListAccountsDto {
  /**
   * Part of the name or full name, case-insensitive.
   * @example "ali"
   */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @PrintableLine(96)
  search?: string;

  @ApiPropertyOptional({ enum: KINDS })
  @IsOptionalNotNull()
  @IsIn(KINDS)
  kind?: AccountKind;

  /** Only accounts with the name of an organization of a source (`shadows`), or with a name that could not be checked (`unverified`). */
  @ApiPropertyOptional({ enum: NAME_STATES, enumName: 'NameState' })
  @IsOptionalNotNull()
  @IsIn(NAME_STATES)
  name_state?: NameState;

  /** Accounts per page. */
  @PageLimit({ maximum: 500, default: 50 })
  limit?: number;

  /** `next` of the previous page. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @PrintableLine(96)
  cursor?: string;
}

/** A new account. */
export class CreateAccountDto {
  /**
   * Letters, digits, "-", "_" and ".". Must be unique among users and organizations.
   * @example "alice"
   */
  @IsString()
  @MaxLength(96)
  name: string;

  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  kind: AccountKind;

  /** At least 8 characters. Without a password, sign-in is disabled until one is set. Not allowed for organizations. */
  @ApiPropertyOptional({ writeOnly: true })
  @IsOptionalNotNull()
  @IsString()
  @MaxLength(1024)
  password?: string;

  /** Null for none. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /** Display name; defaults to the account name. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @PrintableLine(200)
  full_name?: string;
}

/** Account fields to change. Omitted fields stay unchanged. */
export class ChangeAccountDto {
  /** If true, sign-in is disabled, all sessions end and all access tokens are rejected. Not allowed for organizations. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @IsBoolean()
  disabled?: boolean;

  /** Whether the user may use the admin API. The last administrator cannot be removed. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @IsBoolean()
  administrator?: boolean;

  /** If true, this name is never looked up in external sources. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @IsBoolean()
  reserved?: boolean;

  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @PrintableLine(200)
  full_name?: string;

  /** Null for none. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /** Quota in bytes. Null for the default, -1 for unlimited. */
  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: -1 })
  @IsOptional()
  @IsInt()
  @Min(-1)
  @Max(Number.MAX_SAFE_INTEGER)
  quota_bytes?: number | null;

  /** Maximum number of repositories. Null for the default, -1 for unlimited. */
  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: -1 })
  @IsOptional()
  @IsInt()
  @Min(-1)
  @Max(1_000_000_000)
  quota_repositories?: number | null;
}
