import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { TokenRole } from '../../access-token.entity.js';
import { PrintableLine } from '../printable.decorator.js';

const ROLES: readonly TokenRole[] = ['read', 'write'];

/** An access token to be made. */
export class CreateTokenDto {
  /**
   * What its owner calls it.
   * @example "laptop"
   */
  @PrintableLine(100)
  name: string;

  /** What it allows. */
  @ApiPropertyOptional({ enum: ROLES, default: 'write' })
  @IsOptional()
  @IsIn(ROLES)
  role?: TokenRole;
}

/** An access token, as its owner sees it: never the token itself. */
export class TokenDto {
  id: number;

  /** @example "laptop" */
  name: string;

  @ApiProperty({ enum: ROLES })
  role: TokenRole;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601, to the minute; null: never. */
  last_used: string | null;
}

/** The tokens of an account. */
export class TokenListDto {
  /** The newest first. */
  tokens: TokenDto[];
}

/** A token that was just made. */
export class NewTokenDto extends TokenDto {
  success: boolean;

  /**
   * Shown this once.
   * @example "hf_…"
   */
  token: string;

  /** The same as `id`. */
  token_id: number;

  message: string;
}
