import { ApiProperty } from '@nestjs/swagger';
import { SourceTagsDto } from './source-tags.dto.js';

/** What an account says about itself, in KohakuHub's spelling. */
export class PersonDto extends SourceTagsDto {
  username: string;

  full_name: string;

  @ApiProperty({ type: String, nullable: true })
  bio: string | null;

  /** An http(s) URL. */
  @ApiProperty({ type: String, nullable: true })
  website: string | null;

  /** Name or URL by network. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  social_media: Readonly<Record<string, string>> | null;

  /** ISO 8601. */
  @ApiProperty({ type: String, nullable: true })
  created_at: string | null;

  /** Where this hub shows its picture; null where there is none. */
  @ApiProperty({ type: String, nullable: true })
  _avatar_url: string | null;

  /** Only of a source's account. */
  @ApiProperty({ enum: ['user', 'org'], required: false })
  _hf_type?: 'user' | 'org';

  _hf_pro?: boolean;

  /** Of an organization, where it is known. */
  _member_count?: number;
}

/** The same of an organization, with what KohakuHub calls it besides. */
export class OrganizationProfileDto extends PersonDto {
  name: string;

  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  /** Null where the source does not tell. */
  @ApiProperty({ type: Number, nullable: true })
  member_count: number | null;
}

/** What a name is. */
export class AccountTypeDto {
  @ApiProperty({ enum: ['user', 'org'] })
  type: 'user' | 'org';

  /** @example "local" */
  _source: string;
}
