import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { REPO_TYPES } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';
import { DRY_RUN_OPERATIONS } from '../dry-run-operation.js';
import type { DryRunOperationKind, DryRunRequest } from '../dry-run-operation.js';
import { SourceSettingDto } from './source-setting.dto.js';

/** A request to dry-run. Nothing is cached. */
export class DryRunRequestDto implements DryRunRequest {
  /** @example "resolve" */
  @ApiProperty({ enum: DRY_RUN_OPERATIONS })
  @IsIn(DRY_RUN_OPERATIONS)
  op: DryRunOperationKind;

  /**
   * Required for all operations except `userProfile`, where `name` is an account.
   * @example "model"
   */
  @ApiPropertyOptional({ enum: REPO_TYPES, enumName: 'RepoType' })
  @ValidateIf(({ op }: DryRunRequestDto) => op !== 'userProfile')
  @IsIn(REPO_TYPES)
  repo_type?: RepoType;

  /**
   * Empty for ids without a namespace.
   * @example "openai-community"
   */
  @ApiPropertyOptional({ maxLength: 96, default: '' })
  @IsOptional()
  @IsString()
  @MaxLength(96)
  namespace?: string;

  /** @example "gpt2" */
  @IsString()
  @MaxLength(96)
  name: string;

  /** @example "main" */
  @ApiPropertyOptional({ maxLength: 300, default: 'main' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  revision?: string;

  /**
   * The file for `resolve`, or the folder for `tree`.
   * @example "config.json"
   */
  @ApiPropertyOptional({ maxLength: 4000, default: '' })
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  file_path?: string;

  /**
   * The paths for `pathsInfo`; defaults to `file_path`.
   * @example ["config.json"]
   */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  paths?: string[];

  /** Draft sources to use instead of the stored ones. */
  @ApiPropertyOptional({ type: [SourceSettingDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => SourceSettingDto)
  sources?: SourceSettingDto[];

  /**
   * Simulate a signed-in user of this name; anonymous if omitted.
   * @example "ann"
   */
  @ApiPropertyOptional({ maxLength: 96 })
  @IsOptional()
  @IsString()
  @MaxLength(96)
  as_username?: string;
}
