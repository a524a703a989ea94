import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';

/** A field of several lines of text, or none: no control characters but line ends and tabs, no broken Unicode. */
export const PrintableText = (longest: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, maxLength: longest }),
    IsString(),
    MaxLength(longest),
    Matches(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { message: 'must be text without control characters' }),
  );
