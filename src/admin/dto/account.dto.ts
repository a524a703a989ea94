import { ApiProperty } from '@nestjs/swagger';
import type { AccountKind } from '../../domain/account.js';
import { NAME_STATES, type NameState } from '../../domain/name-check.js';
import { AccountUsageDto } from './account-usage.dto.js';

const KINDS: readonly AccountKind[] = ['user', 'organization'];

/** An account, without password and tokens. */
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

  /** Whether the user may use the admin API. */
  administrator: boolean;

  /** The issuer whose admin group has given the role; null if an administrator has. */
  @ApiProperty({ type: String, nullable: true })
  administrator_by: string | null;

  reserved: boolean;

  /** Whether a source has an organization of this name; null if no source was asked. */
  @ApiProperty({ enum: NAME_STATES, enumName: 'NameState', nullable: true })
  name_state: NameState | null;

  /**
   * The source that has an organization of this name.
   * @example "HuggingFace"
   */
  @ApiProperty({ type: String, nullable: true })
  shadowed_source: string | null;

  /** Quota in bytes that was set for this account; null if the default applies, -1 for unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  quota_bytes: number | null;

  /** Maximum number of repositories that was set for this account; null if the default applies, -1 for unlimited. */
  @ApiProperty({ type: 'integer', nullable: true })
  quota_repositories: number | null;

  usage: AccountUsageDto;

  /** ISO 8601. */
  created_at: string;
}

/** A page of accounts, ordered by name. */
export class AccountPageDto {
  @ApiProperty({ type: [AccountDto] })
  accounts: AccountDto[];

  /** Cursor of the next page; null on the last page. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}
