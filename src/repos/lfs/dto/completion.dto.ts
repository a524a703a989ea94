import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsString, MaxLength, ValidateNested } from 'class-validator';

/** An uploaded part. */
export class PartDto {
  /** Starts at 1. */
  @IsInt()
  partNumber: number;

  /** `ETag` from the response to the part's upload. */
  @IsString()
  @MaxLength(200)
  etag: string;
}

/** Completes a multipart upload. */
export class CompletionDto {
  /** SHA-256 of the whole file in lower-case hex. */
  @IsString()
  oid: string;

  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => PartDto)
  parts: PartDto[];
}
