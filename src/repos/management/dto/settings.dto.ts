import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsIn, IsOptional } from 'class-validator';
import { Unsupported } from '../../../platform/http/unsupported.decorator.js';
import { GATES, type Gate } from '../../store/content-gate.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** A partial update of a repository's settings. */
export class SettingsDto {
  /** Visibility as older clients send it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** Visibility as newer clients send it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** How requests for access to the content are accepted; `false` if all callers have access. Spaces cannot be gated. */
  @IsOptional()
  @IsIn(GATES)
  @ApiPropertyOptional({ enum: GATES, nullable: true })
  gated?: Gate | null;

  /** How often huggingface.co notifies the authors of requests. This hub accepts it, but sends no email. */
  @IsOptional()
  @IsIn(['bulk', 'real-time'])
  gatedNotificationsMode?: 'bulk' | 'real-time' | null;

  /** Where huggingface.co sends notifications of requests. This hub accepts it, but sends no email. */
  @IsOptional()
  @IsEmail()
  gatedNotificationsEmail?: string | null;

  @Unsupported(
    'gate repositories for members of their organization: members can always read them. To keep files from members, move the repository to another organization',
    false,
  )
  orgMembersGated?: unknown;

  @Unsupported('have discussions', true)
  discussionsDisabled?: unknown;

  @Unsupported('disable uploads over Xet', true)
  xetEnabled?: unknown;
}

/** The settings of a repository. */
export class SettingsResponseDto {
  private: boolean;
  visibility: 'public' | 'private';
  @ApiProperty({ enum: GATES })
  gated: Gate;
  discussionsDisabled: true;
  xetEnabled: true;
}
