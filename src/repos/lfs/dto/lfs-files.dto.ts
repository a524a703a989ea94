import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';
import { PageLimit } from '../../../platform/http/page-limit.decorator.js';

const SHA256 = /^[0-9a-f]{64}$/;
const IS_HASH = { message: '$property must be the SHA-256 of a large file, in lower case' };
/** Batches of the clients. */
const MAX_HASHES = 1000;

/** Pagination of large files. */
@IgnoresUnknownFields()
export class LfsFilesQueryDto {
  /** Files per page. */
  @PageLimit({ maximum: 1000, default: 1000 })
  limit?: number;

  /** Cursor from the `Link` header of the previous page. */
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(SHA256, { message: 'cursor must come from the Link header of the previous page' })
  cursor?: string;
}

/** A large file. */
export class LfsFileDto {
  /** SHA-256 of the content, by which the file is deleted. */
  fileOid: string;

  /** SHA-256 of the content. */
  oid: string;

  @ApiProperty({ type: 'integer' })
  size: number;

  /** When it was uploaded. */
  pushedAt: string;

  /** A path of the file; empty if no commit has it. */
  filename: string;

  /** A branch or tag that has the file. */
  ref?: string;
}

/** Large files to delete. */
export class LfsDeletionsDto {
  /** SHA-256 hashes of the contents. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_HASHES)
  @Matches(SHA256, { ...IS_HASH, each: true })
  sha: string[];

  /** Whether the files are removed from all commits. Otherwise, commits keep the pointers to them. */
  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  rewriteHistory?: boolean;
}

/** A batch of changes to large files. */
export class LfsFilesBatchDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => LfsDeletionsDto)
  deletions: LfsDeletionsDto;
}

/** Options of the deletion of one large file. */
@IgnoresUnknownFields()
export class LfsDeletionQueryDto {
  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  rewriteHistory?: boolean;
}
