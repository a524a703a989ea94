import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';

/** The request of a provider that ends sessions. */
@IgnoresUnknownFields()
export class LogoutTokenDto {
  /** A signed token. */
  @IsString()
  @MaxLength(10_000)
  logout_token: string;
}

/** Where to sign in to link an account. */
export class LinkStartDto {
  /** The page of the provider. */
  url: string;
}

/** An account of a provider that a user signs in with. */
export class IdentityDto {
  id: number;

  /** The id of the provider; null if it is no longer configured. */
  @ApiProperty({ type: String, nullable: true })
  provider: string | null;

  /** @example "https://login.example.com/realms/acme" */
  issuer: string;

  /**
   * E-mail address or name at the provider.
   */
  label: string;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601; null if it was not used since it was linked. */
  @ApiProperty({ type: String, nullable: true })
  last_used: string | null;
}

/** The accounts of providers that a user signs in with. */
export class IdentityListDto {
  @ApiProperty({ type: [IdentityDto] })
  identities: IdentityDto[];

  /** Whether the user has a password with which they can sign in. */
  has_password: boolean;
}
