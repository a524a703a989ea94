import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';

/** A reference to a repository. */
export class NamedRepoDto {
  /** The name, or `namespace/name` */
  @IsString()
  @MaxLength(200)
  name: string;

  /** The namespace. Defaults to the caller's own. */
  @IsOptional()
  @IsString()
  @MaxLength(96)
  organization?: string | null;

  /** Defaults to model */
  @IsOptional()
  @IsIn(REPO_TYPES)
  type?: RepoType | null;
}
