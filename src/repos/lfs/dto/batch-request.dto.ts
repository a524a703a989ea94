import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** git-lfs sends 100 at a time, `huggingface_hub` 256. */
const MAX_OBJECTS = 1000;

/** Large files that a client wants to upload or download. */
@LenientBody()
export class BatchRequestDto {
  @IsIn(['upload', 'download'])
  operation: 'upload' | 'download';

  /** Transfer types that the client supports: `basic`, `multipart`. */
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
}
