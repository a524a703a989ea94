import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { REPO_TYPES, type RepoId } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';

/** A repository in a URL path. */
export class RepoParamsDto {
  /** @example "model" */
  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  @IsIn(REPO_TYPES)
  type: RepoType;

  /**
   * Omitted for ids without a namespace.
   * @example "openai-community"
   */
  @IsOptional()
  @IsString()
  namespace?: string;

  /** @example "gpt2" */
  @IsString()
  name: string;
}

export const toRepoId = ({ type, namespace = '', name }: RepoParamsDto): RepoId => ({ type, namespace, name });
