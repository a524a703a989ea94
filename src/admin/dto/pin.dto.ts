import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateBy } from 'class-validator';
import { isPathGlob } from '../../domain/is-glob.js';
import { isRepoPattern } from '../../domain/source-rules.js';
import type { Pin } from '../../repos/content-cache/pin-matcher.js';
import { PrintableLine } from '../../users/api/printable.decorator.js';

const REPOS = 'Must be a repository such as org/model or dataset:org/data, or a pattern such as org/*';
const FILES = 'Must be a pattern such as *.safetensors or onnx/**, of at most 200 characters';
const isFiles = (value: unknown): boolean => typeof value === 'string' && isPathGlob(value);

/** The id of a pin in a URL path. */
export class PinParamsDto {
  /** @example "llama" */
  @Matches(/^[\w.-]{1,64}$/, { message: 'Must be 1 to 64 letters, digits, dots, hyphens or underscores' })
  id: string;
}

/** Cached files that are never removed to free space. */
export class PinSettingDto {
  /** A repository, `ns/name` or `type:ns/name`, or a pattern. */
  @ApiProperty({ maxLength: 200, example: 'meta-llama/Llama-3.1-8B' })
  @ValidateBy({ name: 'isRepoPattern', validator: { validate: isRepoPattern, defaultMessage: () => REPOS } })
  repos: string;

  /** A commit, or the branch or tag with which the files are downloaded; null for all. Clients that download snapshots use commits. */
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 300 })
  @IsOptional()
  @PrintableLine(300)
  revision?: string | null;

  /** A pattern of files: of their names in any folder, or with a slash, of their paths. Null for all. */
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200, example: '*.safetensors' })
  @IsOptional()
  @ValidateBy({ name: 'isPathGlob', validator: { validate: isFiles, defaultMessage: () => FILES } })
  files?: string | null;
}

/** A pin. */
export class PinDto implements Pin {
  /** @example "llama" */
  id: string;

  /** @example "meta-llama/Llama-3.1-8B" */
  repos: string;

  @ApiProperty({ type: String, nullable: true })
  revision: string | null;

  @ApiProperty({ type: String, nullable: true })
  files: string | null;
}

/** All pins. */
export class PinListDto {
  @ApiProperty({ type: [PinDto] })
  pins: PinDto[];
}

export const toPin = (id: string, { repos, revision, files }: PinSettingDto): Pin => ({
  id,
  repos,
  revision: revision || null,
  files: files || null,
});
