import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

const GATED_VALUES = [false, 'auto', 'manual'] as const;

/** A partial update of a repository's settings. */
@LenientBody()
export class SettingsDto {
  /** Visibility as older clients send it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** Visibility as newer clients send it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** Must be false: this hub does not support gated repositories */
  @IsOptional()
  @IsIn(GATED_VALUES)
  gated?: (typeof GATED_VALUES)[number] | null;
}

/** The settings of a repository. */
export class SettingsResponseDto {
  private: boolean;
  visibility: 'public' | 'private';
  gated: false;
}
