import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import { IsLongList } from '../../../platform/http/long-list.decorator.js';

/** `huggingface_hub` sends at most 500 files per request. */
const MAX_FILES = 1000;

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

  /** Clients send it for the Hub's storage. This hub identifies files by their SHA-256. */
  @IsOptional()
  @IsString()
  xetHash?: string | null;

  /** Name of the copy. The commit that follows has it as well. */
  @IsOptional()
  @IsString()
  filename?: string | null;
}

/** Large files to copy to another repository. */
export class DuplicateDto {
  @IsObject()
  @ValidateNested()
  @Type(() => DuplicateTargetDto)
  target: DuplicateTargetDto;

  @IsLongList(MAX_FILES, () => DuplicateFileDto)
  files: DuplicateFileDto[];
}
