import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';

/** git-lfs sends 100 at a time, `huggingface_hub` 256. */
const MAX_OBJECTS = 1000;

/** The branch for which the client transfers files. */
export class LfsRefDto {
  @IsString()
  name: string;
}

/** Large files that a client wants to upload or download. */
export class BatchRequestDto {
  @IsIn(['upload', 'download'])
  operation: 'upload' | 'download';

  /** Transfer types that the client supports: `basic`, `multipart`, `xet`. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  transfers?: string[];

  /** Objects of the form `{oid, size}`. An invalid object gets an error in the response; the others are processed. */
  @IsArray()
  @ArrayMaxSize(MAX_OBJECTS)
  objects: unknown[];

  /** `@huggingface/hub` sends `sha_256`. */
  @IsOptional()
  @IsIn(['sha256', 'sha_256'])
  hash_algo?: string;

  /** Ignored: large files belong to the whole repository. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LfsRefDto)
  ref?: LfsRefDto | null;
}
