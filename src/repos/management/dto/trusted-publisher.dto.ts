import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { PrintableLine } from '../../../users/api/printable.decorator.js';

const CLAIMS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { repository: 'acme/trainer', ref: 'refs/heads/main' },
} as const;

/** A new trusted publisher of a repository. */
export class CreateTrustedPublisherDto {
  /**
   * Label.
   * @example "Release workflow"
   */
  @PrintableLine(100)
  name: string;

  /**
   * Issuer of the ID tokens. The administrator of the hub decides which ones are allowed.
   * @example "https://token.actions.githubusercontent.com"
   */
  @IsString()
  @MaxLength(500)
  issuer: string;

  /** Claims that an ID token must have, with exactly these values. At least one names the project: `sub`, `repository`, `repository_id`, `project_path` or `project_id`. */
  @ApiProperty(CLAIMS)
  @IsObject()
  claims: Record<string, string>;

  /** Whether the tokens may only read the repository. */
  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  read_only?: boolean;
}

/** A trusted publisher of a repository: CI jobs with these claims can get a token for it, without a stored secret. */
export class TrustedPublisherDto {
  id: number;

  name: string;

  issuer: string;

  @ApiProperty(CLAIMS)
  claims: Record<string, string>;

  read_only: boolean;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601; null if it was never used. */
  last_used: string | null;
}

/** The trusted publishers of a repository. */
export class TrustedPublisherListDto {
  /** Oldest first. */
  trusted_publishers: TrustedPublisherDto[];

  /** The issuers that the hub allows. */
  issuers: string[];

  /** The audience that ID tokens must have: the public address of the hub. Null if it has none, so that no token can be exchanged. */
  audience: string | null;
}
