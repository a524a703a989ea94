import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Unsupported } from '../../../platform/http/unsupported.decorator.js';
import { LICENSES } from '../../card/licenses.js';
import { GATES, type Gate } from '../../store/content-gate.js';
import { NamedRepoDto } from './named-repo.dto.js';
import { VISIBILITIES, type Visibility } from './visibility.js';

/** The SDKs of huggingface.co. */
const SPACE_SDKS = ['gradio', 'streamlit', 'docker', 'static'] as const;
/** More files belong into commits, whose size is not limited. */
const MAX_FILES = 100;

/** A file of the first commit. */
export class FirstFileDto {
  /** @example "config.json" */
  @IsString()
  path: string;

  @IsIn(['base64', 'utf-8'])
  encoding: 'base64' | 'utf-8';

  @IsString()
  content: string;
}

/** A request to create a repository. */
export class NewRepositoryDto extends NamedRepoDto {
  /** Visibility as older clients send it */
  @IsOptional()
  @IsBoolean()
  private?: boolean | null;

  /** Visibility as newer clients send it */
  @IsOptional()
  @IsIn(VISIBILITIES)
  visibility?: Visibility | null;

  /** SDK of a space. Only spaces have one. */
  @IsOptional()
  @IsIn(SPACE_SDKS, { message: `sdk must be one of ${SPACE_SDKS.join(', ')}` })
  sdk?: (typeof SPACE_SDKS)[number] | null;

  /** Identifier of a license, which the card of the new repository then has */
  @IsOptional()
  @IsIn([...LICENSES], { message: 'license must be an identifier such as "mit" or "apache-2.0", or "other"' })
  @ApiPropertyOptional({ type: String, nullable: true, example: 'apache-2.0' })
  license?: string | null;

  /** A few small files for the first commit. They replace the default `.gitattributes` and `README.md`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_FILES)
  @ValidateNested({ each: true })
  @Type(() => FirstFileDto)
  files?: FirstFileDto[] | null;

  @Unsupported('have resource groups')
  resourceGroupId?: unknown;

  /** How requests for access to the content are accepted. Not for spaces. */
  @IsOptional()
  @IsIn(GATES)
  @ApiPropertyOptional({ enum: GATES, nullable: true })
  gated?: Gate | null;

  @Unsupported('store secrets of spaces')
  secrets?: unknown;

  @Unsupported('store variables of spaces')
  variables?: unknown;

  @Unsupported('mount volumes in spaces')
  volumes?: unknown;

  @Unsupported('run spaces on special hardware', 'cpu-basic')
  hardware?: unknown;

  @Unsupported('have persistent storage for spaces')
  storageTier?: unknown;

  @Unsupported('run spaces, so it cannot pause them')
  sleepTimeSeconds?: unknown;

  @Unsupported('have templates of spaces')
  template?: unknown;

  @Unsupported('have storage regions')
  region?: unknown;

  /** Size from which uploads are split. Tests of older Python clients send it; this hub has one size for all repositories. */
  @IsOptional()
  @IsInt()
  lfsmultipartthresh?: number | null;
}
