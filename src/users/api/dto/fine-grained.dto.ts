import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PERMISSION_NAMES, type Permission } from '../../../domain/permissions.js';
import { ENTITY_TYPES, type EntityType } from '../../fine-grained.js';

const PERMISSION_LIST = { enum: PERMISSION_NAMES, isArray: true };

/** An account or repository that a fine-grained token has permissions for. */
export class ScopeEntityDto {
  @ApiProperty({ enum: ENTITY_TYPES })
  @IsIn(ENTITY_TYPES)
  type: EntityType;

  /**
   * Name of the account, or id of the repository.
   * @example "acme/bert"
   */
  @IsString()
  @MaxLength(200)
  name: string;

  /** Only in responses. */
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @MaxLength(24)
  _id?: string;
}

/** Permissions of a fine-grained token for one account or repository. */
export class EntityScopeDto {
  @ValidateNested()
  @Type(() => ScopeEntityDto)
  entity: ScopeEntityDto;

  /** Permissions for an account that begin with `repo.` apply to all its repositories. */
  @ApiProperty(PERMISSION_LIST)
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(PERMISSION_NAMES, { each: true })
  permissions: Permission[];
}

/** Permissions of a fine-grained token, in the format of huggingface.co. */
export class FineGrainedDto {
  /** Permissions that do not depend on an entity. */
  @ApiProperty({ ...PERMISSION_LIST, default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(PERMISSION_NAMES, { each: true })
  global?: Permission[];

  /** Whether the token may read public gated repositories to which the account was given access. */
  @ApiProperty({ default: false })
  @IsOptional()
  @IsBoolean()
  canReadGatedRepos?: boolean;

  /** Permissions for accounts and repositories. */
  @ApiProperty({ type: [EntityScopeDto], default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => EntityScopeDto)
  scoped?: EntityScopeDto[];
}
