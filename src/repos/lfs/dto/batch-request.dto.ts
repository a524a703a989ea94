import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** git-lfs sends 100 at a time, `huggingface_hub` 256. */
const MOST_OBJECTS = 1000;

/** Large files that a client wants to upload or download. */
@LenientBody()
export class BatchRequestDto {
  @IsIn(['upload', 'download'])
  operation: 'upload' | 'download';

  /** What the client can do: `basic`, `multipart`. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  transfers?: string[];

  /** `{oid, size}` each. A wrong one is answered with an error of its own. */
  @IsArray()
  @ArrayMaxSize(MOST_OBJECTS)
  objects: unknown[];

  /** `@huggingface/hub` writes `sha_256`. */
  @IsOptional()
  @IsIn(['sha256', 'sha_256'])
  hash_algo?: string;
}
