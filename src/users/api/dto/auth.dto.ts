import { IsEmail, IsOptional, IsString, MaxLength } from 'class-validator';
import { PrintableLine } from '../printable.decorator.js';

/** A person who wants an account. */
export class RegisterDto {
  /**
   * Letters, digits, "-", "_" and "."; shared by users and organizations.
   * @example "alice"
   */
  @IsString()
  @MaxLength(96)
  username: string;

  /** At least 8 characters. */
  @IsString()
  @MaxLength(1024)
  password: string;

  /** Shown to its owner alone. */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /**
   * Shown instead of the name.
   * @example "Alice A."
   */
  @IsOptional()
  @PrintableLine(200)
  full_name?: string | null;
}

/** Name and password. */
export class LoginDto {
  /** @example "alice" */
  @IsString()
  @MaxLength(96)
  username: string;

  @IsString()
  @MaxLength(1024)
  password: string;
}

/** Another password. */
export class ChangePasswordDto {
  @IsString()
  @MaxLength(1024)
  old_password: string;

  /** At least 8 characters. */
  @IsString()
  @MaxLength(1024)
  new_password: string;
}

/** It was done. */
export class OutcomeDto {
  /** @example true */
  success: boolean;

  /** @example "Signed out" */
  message: string;
}

/** An account was made, or a session has begun. */
export class NamedOutcomeDto extends OutcomeDto {
  /** As the account was made. */
  username: string;
}

/** The signed-in account, as its owner sees it. */
export class MeDto {
  id: number;

  username: string;

  full_name: string;

  /** Null: none was given. */
  email: string | null;

  /** Addresses are not checked. */
  email_verified: boolean;

  /** ISO 8601. */
  created_at: string;
}
