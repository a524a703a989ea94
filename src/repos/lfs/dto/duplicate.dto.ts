import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsString, Matches, ValidateNested } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** The target repository. */
export class DuplicateTargetDto {
  @IsIn(REPO_TYPES)
  type: RepoType;

  /** `namespace/name` */
  @IsString()
  @Matches(/^[^/]+\/[^/]+$/)
  name: string;
}

/** A large file of the repository in the URL. */
export class DuplicateFileDto {
  @Matches(/^[0-9a-f]{64}$/)
  sha256: string;
}

/** Large files to copy to another repository. */
@LenientBody()
export class DuplicateDto {
  @IsObject()
  @ValidateNested()
  @Type(() => DuplicateTargetDto)
  target: DuplicateTargetDto;

  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => DuplicateFileDto)
  files: DuplicateFileDto[];
}
