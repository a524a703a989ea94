import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';
import { NamedRepoDto } from './named-repo.dto.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** A repository to be made. */
@ClientBody()
export class NewRepositoryDto extends NamedRepoDto {
  /** As older clients say it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** As newer clients say it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** A space's runtime: gradio, docker, static and so on */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9-]{0,31}$/, { message: 'sdk is a word such as "gradio", "streamlit", "docker" or "static"' })
  sdk?: string | null;
}
