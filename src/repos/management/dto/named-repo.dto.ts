import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

/** A repository as bodies name it. */
@ClientBody()
export class NamedRepoDto {
  /** The name alone, or `namespace/name` */
  @IsString()
  @MaxLength(200)
  name: string;

  /** The namespace; null or absent: the caller's own */
  @IsOptional()
  @IsString()
  @MaxLength(96)
  organization?: string | null;

  /** A model when absent */
  @IsOptional()
  @IsIn(REPO_TYPES)
  type?: RepoType | null;
}
