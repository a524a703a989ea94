import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';
import { PrintableLine } from '../printable.decorator.js';

/** The request of a program for a device code (RFC 8628, section 3.1). */
@IgnoresUnknownFields()
export class DeviceCodeRequestDto {
  /** Identifies the program. Programs need not be registered. */
  @PrintableLine(100)
  client_id: string;

  /**
   * Requested permissions, separated by spaces: `read`, `write`, or scopes of huggingface.co such as `write-repos`. Default: read and write.
   * @example "read"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  scope?: string;
}

/** Codes for a program and its user. */
export class DeviceCodeDto {
  /** Secret of the program. */
  device_code: string;

  /**
   * Code that the user enters.
   * @example "WDJB-MJHT"
   */
  user_code: string;

  /** Page on which the user enters the code. */
  verification_uri: string;

  /** The page with the code filled in. */
  verification_uri_complete: string;

  /** Lifetime of the codes in seconds. */
  expires_in: number;

  /** Seconds to wait between requests for the token. */
  interval: number;
}

/** The request of a program for its token, or for a new one (RFC 8628, section 3.4; RFC 6749, section 6). */
@IgnoresUnknownFields()
export class TokenRequestDto {
  /** `urn:ietf:params:oauth:grant-type:device_code`, `refresh_token`, or `urn:ietf:params:oauth:grant-type:token-exchange`. */
  @IsString()
  @MaxLength(100)
  grant_type: string;

  /** Identifies the program. Required, unless the token of a CI job is exchanged. */
  @IsOptional()
  @PrintableLine(100)
  client_id?: string;

  /** For the device code grant. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  device_code?: string;

  /** For the refresh grant. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  refresh_token?: string;

  /** For the exchange: the ID token of a CI job, such as GitHub Actions or GitLab. */
  @IsOptional()
  @IsString()
  @MaxLength(16_384)
  subject_token?: string;

  /** For the exchange: `urn:ietf:params:oauth:token-type:id_token`. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  subject_token_type?: string;

  /**
   * For the exchange: the repository, such as `acme/bert` or `datasets/acme/squad`.
   * @example "acme/bert"
   */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  resource?: string;
}

/** The tokens of a program. */
export class OauthTokensDto {
  /**
   * An access token of the user.
   * @example "hf_…"
   */
  access_token: string;

  token_type: 'bearer';

  /** Lifetime of the access token in seconds. */
  expires_in: number;

  /** For the next access token. It can be used once. Omitted after an exchange. */
  refresh_token?: string;

  /** Only after an exchange (RFC 8693, section 2.2.1). */
  issued_token_type?: string;

  /** @example "read write" */
  scope: string;
}
