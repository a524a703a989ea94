import { ApiProperty } from '@nestjs/swagger';
import { ReposByTypeDto } from './repos-by-type.dto.js';

/** Groups of results. */
export const RESULT_GROUPS = ['models', 'datasets', 'spaces', 'users', 'orgs'] as const;
export type ResultGroup = (typeof RESULT_GROUPS)[number];

/** A user that was found. */
export class FoundUserDto {
  _id: string;

  /** User name. */
  user: string;

  fullname: string;

  /** Empty without an avatar. */
  avatarUrl: string;

  /** Name of the source, or `local`. */
  _source: string;

  /** URL of the source; omitted for local ones. */
  _source_url?: string;
}

/** An organization that was found. */
export class FoundOrganizationDto {
  _id: string;

  name: string;

  fullname: string;

  /** Empty without an avatar. */
  avatarUrl: string;

  /** Name of the source, or `local`. */
  _source: string;

  /** URL of the source; omitted for local ones. */
  _source_url?: string;
}

/** Results by group, in the format of the Hub. Local results come first. */
export class QuickSearchDto extends ReposByTypeDto {
  /** The text that was searched for. */
  q: string;

  @ApiProperty({ type: FoundUserDto, isArray: true })
  users: readonly FoundUserDto[];

  @ApiProperty({ type: FoundOrganizationDto, isArray: true })
  orgs: readonly FoundOrganizationDto[];

  /** Groups that have more results. */
  @ApiProperty({ enum: RESULT_GROUPS, isArray: true, required: false })
  _truncated?: readonly ResultGroup[];
}
