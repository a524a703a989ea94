import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';

/** A request to rename a repository or to move it to another namespace. */
export class MoveDto {
  /** Current `namespace/name` */
  @IsString()
  @MaxLength(200)
  fromRepo: string;

  /** New `namespace/name` */
  @IsString()
  @MaxLength(200)
  toRepo: string;

  /** Defaults to model */
  @IsOptional()
  @IsIn(REPO_TYPES)
  type?: RepoType | null;
}
