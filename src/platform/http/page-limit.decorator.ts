import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** The optional query parameter with the number of entries of a page. */
export const PageLimit = (limits: { readonly maximum: number; readonly default: number }): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, ...limits }),
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(limits.maximum),
  );
