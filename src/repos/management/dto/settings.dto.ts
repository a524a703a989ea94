import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Unsupported } from '../../../platform/http/unsupported.decorator.js';
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

  @Unsupported('support gated repositories', false)
  gated?: unknown;

  @Unsupported('have discussions', true)
  discussionsDisabled?: unknown;

  @Unsupported('disable uploads over Xet', true)
  xetEnabled?: unknown;
}

/** The settings of a repository. */
export class SettingsResponseDto {
  private: boolean;
  visibility: 'public' | 'private';
  gated: false;
  discussionsDisabled: true;
  xetEnabled: true;
}
