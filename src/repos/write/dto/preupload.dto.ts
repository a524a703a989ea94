import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBase64,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { UploadMode } from '../upload-mode.js';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

/** Clients send 256 at most (`huggingface_hub`), or 100 (`@huggingface/hub`). */
const MOST_FILES = 1000;
/** Every pattern is compared with every file. */
const LONGEST_PATTERNS = 65_536;

/** A file that is about to be uploaded. */
@ClientBody()
export class PreuploadFileDto {
  /** @example "model.safetensors" */
  @IsString()
  path: string;

  /** Its first 512 bytes, in base64. */
  @IsOptional()
  @IsBase64()
  @MaxLength(4096)
  sample?: string;

  /** Bytes. */
  @IsInt()
  @Min(0)
  size: number;
}

/** Files that are about to be uploaded. */
@ClientBody()
export class PreuploadDto {
  @IsArray()
  @ArrayMaxSize(MOST_FILES)
  @ValidateNested({ each: true })
  @Type(() => PreuploadFileDto)
  files: PreuploadFileDto[];

  /** A `.gitignore` that counts instead of the repository's own. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_PATTERNS)
  gitIgnore?: string;

  /** A `.gitattributes` that counts instead of the one in the repository's root. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_PATTERNS)
  gitAttributes?: string;
}

/** How a file is to be uploaded. */
export class PreuploadAnswerFileDto {
  /** As it was sent, byte for byte. */
  path: string;

  /** `lfs`: upload it first, and name it in the commit. */
  uploadMode: UploadMode;

  /** Does `.gitignore` name it? */
  shouldIgnore: boolean;

  /** What is at this path now: git's id, or the SHA-256 of a large file. Absent where nothing is. */
  oid?: string;
}

/** How files are to be uploaded. */
export class PreuploadAnswerDto {
  files: PreuploadAnswerFileDto[];

  /** The commit that this was looked up in. */
  commitOid: string;
}
