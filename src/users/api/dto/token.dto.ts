import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { TokenRole } from '../../../domain/caller.js';
import { PrintableLine } from '../printable.decorator.js';

const ROLES: readonly TokenRole[] = ['read', 'write'];

/** A new access token. */
export class CreateTokenDto {
  /**
   * Label of the token.
   * @example "laptop"
   */
  @PrintableLine(100)
  name: string;

  /** Permission: read-only, or read and write. */
  @ApiPropertyOptional({ enum: ROLES, default: 'write' })
  @IsOptional()
  @IsIn(ROLES)
  role?: TokenRole;
}

/** An access token, without the token itself. */
export class TokenDto {
  id: number;

  /** @example "laptop" */
  name: string;

  @ApiProperty({ enum: ROLES })
  role: TokenRole;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601, accurate to one minute; null if never used. */
  last_used: string | null;

  /**
   * The program that was signed in with a device code and got this token; null for other tokens.
   * @example "Hugging Face CLI"
   */
  client: string | null;

  /** ISO 8601. When the program has to sign in again unless it refreshes the token; null if the token does not expire. */
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
