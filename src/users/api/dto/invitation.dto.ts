import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { DEFAULT_DAYS } from '../../invitations/invitations.service.js';
import type { MemberRole } from '../../membership.entity.js';
import { PrintableLine } from '../printable.decorator.js';

const ROLES: readonly MemberRole[] = ['read', 'write', 'admin'];
const MAX_DAYS = 365;
const MAX_USES = 1000;

/** A new invitation link. */
export class CreateInvitationDto {
  /** Days until the invitation expires. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_DAYS, default: DEFAULT_DAYS })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_DAYS)
  expires_in_days?: number;

  /** How often a link can be used. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_USES, default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_USES)
  max_uses?: number;

  /**
   * For whom the invitation is, for example an e-mail address. Only shown in the list of invitations.
   * @example "Alice, from the data team"
   */
  @IsOptional()
  @PrintableLine(254)
  note?: string | null;
}

/** A new invitation to an organization: for one user, or a link for anyone who has it. */
export class CreateOrganizationInvitationDto extends CreateInvitationDto {
  /**
   * The invited user; omit it to create a link.
   * @example "alice"
   */
  @IsOptional()
  @IsString()
  @MaxLength(96)
  username?: string;

  @ApiPropertyOptional({ enum: ROLES, default: 'read' })
  @IsOptional()
  @IsIn(ROLES)
  role?: MemberRole;
}

/** An invitation that can be accepted. */
export class InvitationDto {
  /** @example 7 */
  id: number;

  /** The invited user; null for links. */
  @ApiProperty({ type: String, nullable: true })
  username: string | null;

  /** Role in the organization; null for invitations to the hub. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role: MemberRole | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  uses: number;

  max_uses: number;

  /** Name of the inviter; null for the admin token. */
  @ApiProperty({ type: String, nullable: true })
  invited_by: string | null;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601. */
  expires_at: string;
}

/** A new invitation with its link, which is returned only once. */
export class NewInvitationDto extends InvitationDto {
  /**
   * The page of the invitation; null for the invitation of a user.
   * @example "https://hub.example.com/invitations/2S6vVhYl0zJmWqk6gQpX"
   */
  @ApiProperty({ type: String, nullable: true })
  url: string | null;
}

/** Open invitations. */
export class InvitationListDto {
  /** Newest first. */
  invitations: InvitationDto[];
}

/** An invitation, as the invited user sees it. */
export class ReceivedInvitationDto {
  /** The id; null for links. */
  @ApiProperty({ type: 'integer', nullable: true })
  id: number | null;

  /**
   * The organization; null for an invitation to the hub, which permits a registration.
   * @example "acme"
   */
  @ApiProperty({ type: String, nullable: true })
  organization: string | null;

  @ApiProperty({ enum: ROLES, nullable: true })
  role: MemberRole | null;

  /** Name of the inviter; null for the admin token. */
  @ApiProperty({ type: String, nullable: true })
  invited_by: string | null;

  /** ISO 8601. */
  expires_at: string;
}

/** The invitations of a user. */
export class ReceivedInvitationListDto {
  /** Newest first. */
  invitations: ReceivedInvitationDto[];
}
