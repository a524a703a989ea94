import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsString, MaxLength } from 'class-validator';
import { PrintableLine } from '../printable.decorator.js';

/** A new user account. */
export class RegisterDto {
  /**
   * Letters, digits, "-", "_" and ".". Must be unique among users and organizations.
   * @example "alice"
   */
  @IsString()
  @MaxLength(96)
  username: string;

  /** At least 8 characters. */
  @IsString()
  @MaxLength(1024)
  password: string;

  /** Visible only to the owner and administrators. */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * Display name; defaults to the user name.
   * @example "Alice A."
   */
  @IsOptional()
  @PrintableLine(200)
  full_name?: string | null;
}

/** Sign-in credentials. */
export class LoginDto {
  /** @example "alice" */
  @IsString()
  @MaxLength(96)
  username: string;

  @IsString()
  @MaxLength(1024)
  password: string;
}

/** A password change. */
export class ChangePasswordDto {
  @IsString()
  @MaxLength(1024)
  old_password: string;

  /** At least 8 characters. */
  @IsString()
  @MaxLength(1024)
  new_password: string;
}

/** The result of an operation. */
export class OutcomeDto {
  /** @example true */
  success: boolean;

  /** @example "Signed out" */
  message: string;
}

/** The result of signing out. */
export class SignedOutDto extends OutcomeDto {
  /** The page that ends the session at the sign-in provider as well; null if the user has not signed in with one. */
  @ApiProperty({ type: String, nullable: true })
  provider_url: string | null;
}

/** The result of a registration or sign-in. */
export class NamedOutcomeDto extends OutcomeDto {
  /** User name with its original case. */
  username: string;
}

/** The state of the setup. */
export class SetupDto {
  /** Whether the hub has no users yet, so that its first administrator can be created. */
  required: boolean;
}

/** The signed-in account. */
export class MeDto {
  id: number;

  username: string;

  full_name: string;

  /** Null if not set. */
  email: string | null;

  /** Always false: addresses are not verified. */
  email_verified: boolean;

  /** Whether the user may use the admin API. */
  administrator: boolean;

  /** ISO 8601. */
  created_at: string;
}
