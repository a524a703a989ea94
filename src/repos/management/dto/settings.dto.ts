import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

const GATES = [false, 'auto', 'manual'] as const;

/** What shall change about a repository. */
@ClientBody()
export class SettingsDto {
  /** As older clients say it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** As newer clients say it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** Only false: this hub gates no repository */
  @IsOptional()
  @IsIn(GATES)
  gated?: (typeof GATES)[number] | null;
}

/** A repository's settings as they are. */
export class SettingsAnswerDto {
  private: boolean;
  visibility: 'public' | 'private';
  gated: false;
}
