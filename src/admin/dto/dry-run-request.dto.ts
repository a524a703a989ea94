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

/** A question to rehearse: nothing is bound by it. */
export class DryRunRequestDto implements DryRunRequest {
  /** @example "resolve" */
  @ApiProperty({ enum: DRY_RUN_OPERATIONS })
  @IsIn(DRY_RUN_OPERATIONS)
  op: DryRunOperationKind;

  /**
   * Needed for all but `userProfile`, where `name` is the account's.
   * @example "model"
   */
  @ApiPropertyOptional({ enum: REPO_TYPES, enumName: 'RepoType' })
  @ValidateIf(({ op }: DryRunRequestDto) => op !== 'userProfile')
  @IsIn(REPO_TYPES)
  repo_type?: RepoType;

  /**
   * Empty for a one-segment id.
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
   * The file of `resolve`, or the folder of `tree`.
   * @example "config.json"
   */
  @ApiPropertyOptional({ maxLength: 4000, default: '' })
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  file_path?: string;

  /**
   * What `pathsInfo` asks for; without it, `file_path`.
   * @example ["config.json"]
   */
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  paths?: string[];

  /** Ask these in place of the hub's own sources: a draft. */
  @ApiPropertyOptional({ type: [SourceSettingDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => SourceSettingDto)
  sources?: SourceSettingDto[];

  /**
   * Ask as this user is answered, signed in; absent: anonymous.
   * @example "ann"
   */
  @ApiPropertyOptional({ maxLength: 96 })
  @IsOptional()
  @IsString()
  @MaxLength(96)
  as_username?: string;
}
