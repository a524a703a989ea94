import { IsBase64, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import type { UploadMode } from '../upload-mode.js';
import { IsLongList } from '../../../platform/http/long-list.decorator.js';

/** `huggingface_hub` sends at most 256 files per request, `@huggingface/hub` 100. */
const MAX_FILES = 1000;
/** Every pattern is compared with every file, so the length is limited. */
const MAX_PATTERNS_LENGTH = 65_536;

/** A file to be uploaded. */
export class PreuploadFileDto {
  /** @example "model.safetensors" */
  @IsString()
  path: string;

  /** The first 512 bytes of the file, in base64. */
  @IsOptional()
  @IsBase64()
  @MaxLength(4096)
  sample?: string;

  /** Size in bytes. */
  @IsInt()
  @Min(0)
  size: number;

  /** SHA-256 of the file, which older Python clients send. Ignored: the response does not depend on it. */
  @IsOptional()
  @IsString()
  sha?: string | null;
}

/** Files to be uploaded. */
export class PreuploadDto {
  @IsLongList(MAX_FILES, () => PreuploadFileDto)
  files: PreuploadFileDto[];

  /** Content of a `.gitignore` that replaces the repository's own. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PATTERNS_LENGTH)
  gitIgnore?: string;

  /** Content of a `.gitattributes` that replaces the one in the repository's root folder. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_PATTERNS_LENGTH)
  gitAttributes?: string;
}

/** How to upload one file. */
export class PreuploadedFileDto {
  /** The path exactly as it was sent. */
  path: string;

  /**
   * `regular`: send the content inside the commit. `lfs`: upload the content first, then reference it in the commit.
   */
  uploadMode: UploadMode;

  /** Whether `.gitignore` excludes the file. */
  shouldIgnore: boolean;

  /**
   * Id of the current file at this path: git's blob id, or the SHA-256 of an LFS object. Omitted if there is no file.
   */
  oid?: string;
}

/** How to upload the files. */
export class PreuploadResponseDto {
  files: PreuploadedFileDto[];

  /** The commit that the paths were checked against. */
  commitOid: string;
}
