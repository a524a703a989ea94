import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { isPathGlob } from '../../domain/is-glob.js';
import { isRepoFullName, REPO_TYPES } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';

@ValidatorConstraint({ name: 'repoFullName' })
class RepoFullName implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isRepoFullName(value);
  }

  defaultMessage(): string {
    return 'Must be the id of a repository, such as "openai-community/gpt2"';
  }
}

@ValidatorConstraint({ name: 'pathPatterns' })
class PathPatterns implements ValidatorConstraintInterface {
  validate(values: unknown): boolean {
    return Array.isArray(values) && values.every((value) => typeof value === 'string' && isPathGlob(value));
  }

  defaultMessage(): string {
    return 'Each must be a pattern of paths, such as "*.safetensors" or "onnx/**"';
  }
}

/** A repository to cache. */
export class PrefetchRepoDto {
  /** @example "model" */
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  @IsIn(REPO_TYPES)
  type: RepoType;

  /** @example "openai-community/gpt2" */
  @Validate(RepoFullName)
  id: string;

  /**
   * A branch, tag or commit. It is resolved to a commit when the job starts.
   * @example "main"
   */
  @ApiPropertyOptional({ minLength: 1, maxLength: 300, default: 'main' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(300)
  revision?: string;

  /**
   * Patterns of paths; all files by default. A pattern without a slash applies to the names of files in all folders.
   * @example ["*.safetensors", "*.json"]
   */
  @ApiPropertyOptional({ type: [String], maxItems: 100 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @Validate(PathPatterns)
  files?: string[];
}

/** A request to forecast the size of a job. */
export class PrefetchForecastRequestDto {
  @ApiProperty({ type: [PrefetchRepoDto], minItems: 1, maxItems: 100 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => PrefetchRepoDto)
  repos: PrefetchRepoDto[];
}

/** A request to start a job. */
export class PrefetchRequestDto extends PrefetchForecastRequestDto {
  /**
   * A cron expression of five fields, in UTC: the job runs at these times, with the commit that each revision has then. Null: it runs once, now.
   * @example "0 3 * * *"
   */
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 100, default: null })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  schedule?: string | null;

  /**
   * Bytes per second of this job, in addition to the limits of the sources; null for no limit. It does not apply while clients wait for the same file.
   * @example 10000000
   */
  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 65_536, maximum: 2_000_000_000, default: null })
  @IsOptional()
  @IsInt()
  @Min(65_536)
  @Max(2_000_000_000)
  max_bytes_per_second?: number | null;
}

/** The id of a job in the path. */
export class PrefetchParamsDto {
  @ApiProperty({ type: 'integer', minimum: 1 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  id: number;
}
