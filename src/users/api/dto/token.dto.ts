import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsOptional, ValidateNested } from 'class-validator';
import type { TokenRole } from '../../../domain/caller.js';
import { FineGrainedDto } from './fine-grained.dto.js';
import { PrintableLine } from '../printable.decorator.js';

const ROLES: readonly TokenRole[] = ['read', 'write', 'fineGrained'];

/** A new access token. */
export class CreateTokenDto {
  /**
   * Label of the token.
   * @example "laptop"
   */
  @PrintableLine(100)
  name: string;

  /** `read` and `write` apply to everything that the account may read and write; `fineGrained` tokens have single permissions. */
  @ApiPropertyOptional({ enum: ROLES, default: 'write' })
  @IsOptional()
  @IsIn(ROLES)
  role?: TokenRole;

  /**
   * ISO 8601. When the token expires; never if omitted.
   * @example "2027-01-01T00:00:00Z"
   */
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string | null;

  /** The permissions of a fine-grained token. */
  @ApiPropertyOptional({ type: FineGrainedDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => FineGrainedDto)
  fineGrained?: FineGrainedDto;
}

/** An access token, without the token itself. */
export class TokenDto {
  id: number;

  /** @example "laptop" */
  name: string;

  @ApiProperty({ enum: ROLES })
  role: TokenRole;

  /** The permissions of a fine-grained token; null for other tokens. */
  fineGrained: FineGrainedDto | null;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601, accurate to one minute; null if never used. */
  last_used: string | null;

  /**
   * IP address of the client that used the token last; null if unknown.
   * @example "192.0.2.1"
   */
  last_used_address: string | null;

  /**
   * The program that was signed in with a device code and got this token; null for other tokens.
   * @example "Hugging Face CLI"
   */
  client: string | null;

  /** ISO 8601. When the token expires, or when a program has to sign in again unless it refreshes the token; null if the token does not expire. */
  expires_at: string | null;
}

/** The access tokens of an account. */
export class TokenListDto {
  /** Newest first. */
  tokens: TokenDto[];
}

/** A newly created access token. */
export class NewTokenDto extends TokenDto {
  success: boolean;

  /**
   * The token itself. It cannot be retrieved again.
   * @example "hf_…"
   */
  token: string;

  /** Equal to `id`. */
  token_id: number;

  message: string;
}
