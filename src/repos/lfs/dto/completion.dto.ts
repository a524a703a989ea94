import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsString, MaxLength, ValidateNested } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** A part that was uploaded. */
export class PartDto {
  /** From 1. */
  @IsInt()
  partNumber: number;

  /** What the part's answer had as `ETag`. */
  @IsString()
  @MaxLength(200)
  etag: string;
}

/** All parts of an upload are there. */
@LenientBody()
export class CompletionDto {
  /** SHA-256 of the whole. */
  @IsString()
  oid: string;

  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => PartDto)
  parts: PartDto[];
}
