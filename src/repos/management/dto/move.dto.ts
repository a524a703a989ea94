import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

/** A move of a repository, in its namespace or into another. */
@ClientBody()
export class MoveDto {
  /** `namespace/name` of today */
  @IsString()
  @MaxLength(200)
  fromRepo: string;

  /** `namespace/name` of tomorrow */
  @IsString()
  @MaxLength(200)
  toRepo: string;

  /** A model when absent */
  @IsOptional()
  @IsIn(REPO_TYPES)
  type?: RepoType | null;
}
