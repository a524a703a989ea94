import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';
import { NamedRepoDto } from './named-repo.dto.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** A request to create a repository. */
@LenientBody()
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
}
