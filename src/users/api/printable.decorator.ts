import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** A field that is one line of text: not empty, no control characters, no broken Unicode. */
export const PrintableLine = (longest: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, minLength: 1, maxLength: longest }),
    IsString(),
    MinLength(1),
    MaxLength(longest),
    Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'must be one line of printable characters' }),
  );
