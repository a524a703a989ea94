import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** One line of text: not empty, no control characters, valid Unicode. */
export const PrintableLine = (maxLength: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, minLength: 1, maxLength }),
    IsString(),
    MinLength(1),
    MaxLength(maxLength),
    Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'Must be one line of printable characters' }),
  );

/** Text that may be empty or have several lines: valid Unicode, and no control characters except line breaks and tabs. */
export const PrintableText = (maxLength: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, maxLength }),
    IsString(),
    MaxLength(maxLength),
    Matches(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { message: 'Must not contain control characters' }),
  );
