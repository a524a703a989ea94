import { IsInt, IsString, MaxLength } from 'class-validator';
import { IsLongList } from '../../../platform/http/long-list.decorator.js';

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

  @IsLongList(10_000, () => PartDto)
  parts: PartDto[];
}
