import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { Unsupported } from '../../../platform/http/unsupported.decorator.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** The copy of a repository. */
export class DuplicateRepositoryDto {
  /**
   * Id of the copy: `namespace/name`, or a name in the caller's own namespace
   * @example "alice/my-copy"
   */
  @IsString()
  @MaxLength(200)
  repository: string;

  /** Visibility as older clients send it. Defaults to the visibility of the original. */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** Visibility as newer clients send it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  @Unsupported('have resource groups')
  resourceGroupId?: unknown;

  @Unsupported('store secrets of spaces')
  secrets?: unknown;

  @Unsupported('store variables of spaces')
  variables?: unknown;

  @Unsupported('mount volumes in spaces')
  volumes?: unknown;

  @Unsupported('run spaces on special hardware', 'cpu-basic')
  hardware?: unknown;

  @Unsupported('have persistent storage for spaces')
  storageTier?: unknown;

  @Unsupported('run spaces, so it cannot pause them')
  sleepTimeSeconds?: unknown;
}
