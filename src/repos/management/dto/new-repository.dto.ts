import { IsBoolean, IsIn, IsInt, IsOptional, Matches } from 'class-validator';
import { Unsupported } from '../../../platform/http/unsupported.decorator.js';
import { NamedRepoDto } from './named-repo.dto.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** A request to create a repository. */
export class NewRepositoryDto extends NamedRepoDto {
  /** Visibility as older clients send it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** Visibility as newer clients send it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** SDK of a space: gradio, docker, static and others */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9-]{0,31}$/, {
    message: 'sdk must be a lower-case name such as "gradio", "streamlit", "docker" or "static"',
  })
  sdk?: string | null;

  @Unsupported('have resource groups')
  resourceGroupId?: unknown;

  @Unsupported('support gated repositories', false)
  gated?: unknown;

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

  @Unsupported('have templates of spaces')
  template?: unknown;

  @Unsupported('have storage regions')
  region?: unknown;

  /** Size from which uploads are split. Tests of older Python clients send it; this hub has one size for all repositories. */
  @IsOptional()
  @IsInt()
  lfsmultipartthresh?: number | null;
}
