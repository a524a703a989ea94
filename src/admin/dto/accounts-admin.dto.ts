import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
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
import { PrintableLine } from '../../users/api/printable.decorator.js';

const KINDS: readonly AccountKind[] = ['user', 'organization'];

/** A field that may be absent, but not null. */
const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** Which accounts to list. */
export class ListAccountsDto {
  /**
   * Part of the name or full name, in whatever case.
   * @example "ali"
   */
  @ApiPropertyOptional()
  @MayBeAbsent()
  @PrintableLine(96)
  search?: string;

  @ApiPropertyOptional({ enum: KINDS })
  @MayBeAbsent()
  @IsIn(KINDS)
  kind?: AccountKind;

  /** Accounts per page. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** `next` of the page before. */
  @ApiPropertyOptional()
  @MayBeAbsent()
  @PrintableLine(96)
  cursor?: string;
}

/** An account to be made. */
export class CreateAccountDto {
  /**
   * Letters, digits, "-", "_" and "."; shared by users and organizations.
   * @example "alice"
   */
  @IsString()
  @MaxLength(96)
  name: string;

  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  kind: AccountKind;

  /** At least 8 characters. Without it nobody can sign in, until one is set. Not for organizations. */
  @ApiPropertyOptional({ writeOnly: true })
  @MayBeAbsent()
  @IsString()
  @MaxLength(1024)
  password?: string;

  /** Null: none. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  /** Shown instead of the name; the name itself when absent. */
  @ApiPropertyOptional()
  @MayBeAbsent()
  @PrintableLine(200)
  full_name?: string;
}

/** What is to be changed; what is absent stays as it is. */
export class ChangeAccountDto {
  /** True: signed out everywhere, its tokens refused, nobody can sign in. Not for organizations. */
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsBoolean()
  disabled?: boolean;

  /** Nothing under this name is ever asked of a source. */
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsBoolean()
  reserved?: boolean;

  @ApiPropertyOptional()
  @MayBeAbsent()
  @PrintableLine(200)
  full_name?: string;

  /** Null: none. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;
}

/** Another password. */
export class SetPasswordDto {
  /** At least 8 characters; absent: one is made up. */
  @ApiPropertyOptional({ writeOnly: true })
  @MayBeAbsent()
  @IsString()
  @MaxLength(1024)
  password?: string;
}

/** An account as the administrator sees it: never a password or a token. */
export class AccountDto {
  id: number;

  /** @example "alice" */
  name: string;

  @ApiProperty({ enum: KINDS })
  kind: AccountKind;

  full_name: string;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  disabled: boolean;

  reserved: boolean;

  /** ISO 8601. */
  created_at: string;
}

/** A page of accounts, by name. */
export class AccountPageDto {
  @ApiProperty({ type: [AccountDto] })
  accounts: AccountDto[];

  /** The next page's cursor; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

/** A password was set. */
export class PasswordSetDto {
  success: boolean;

  message: string;

  /** Only one that was made up here: shown this once. */
  @ApiPropertyOptional()
  password?: string;
}
