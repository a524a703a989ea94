import { ApiProperty } from '@nestjs/swagger';

/** Where a response comes from. */
export class SourceTagsDto {
  /**
   * Name of the source; "local" for local data.
   * @example "HuggingFace"
   */
  _source?: string;

  /** @example "https://huggingface.co" */
  _source_url?: string;

  /** True if the source does not report all fields. */
  _partial?: boolean;
}

/** Marks an account that a source names. */
export class ExternalNameDto extends SourceTagsDto {
  /** Page of an external account: on this hub, or at the source if the name means another account here. */
  _profile_url?: string;
}

/** An organization that a user belongs to. */
export class OrganizationOfDto extends ExternalNameDto {
  id: string;

  name: string;

  fullname: string;

  avatarUrl: string;
}

/** Counters of an account. For external accounts, those that the source reports. */
export class ProfileCountsDto extends SourceTagsDto {
  /** Number of models that the caller may see; likewise for datasets and spaces. */
  numModels?: number;

  numDatasets?: number;

  numSpaces?: number;

  numPapers?: number;

  numFollowers?: number;
}

/** A user, in the format of huggingface.co. */
export class UserOverviewDto extends ProfileCountsDto {
  /** Missing if a source does not report it. */
  _id?: string;

  /** User name. */
  user: string;

  fullname: string;

  type: 'user';

  isPro: boolean;

  /** Whether the account is a service account of an organization. Omitted for people. */
  isServiceAccount?: boolean;

  isFollowing: boolean;

  avatarUrl: string;

  /** Biography. Missing if a source does not report it. */
  details?: string;

  /** ISO 8601. */
  createdAt?: string;

  /** Missing if a source does not report them. */
  orgs?: OrganizationOfDto[];

  numDiscussions?: number;

  numUpvotes?: number;

  numLikes?: number;

  numFollowing?: number;
}

/** An organization, in the format of huggingface.co. */
export class OrganizationOverviewDto extends ProfileCountsDto {
  /** Missing if a source does not report it. */
  _id?: string;

  name: string;

  fullname: string;

  avatarUrl: string;

  /** Description. Missing if a source does not report it. */
  details?: string;

  /** Missing if a source does not report it. */
  isVerified?: boolean;

  isFollowing: boolean;

  /** Number of members. */
  numUsers?: number;
}

/** The profile of a user or an external organization, in the format of KohakuHub. */
export class PersonDto extends SourceTagsDto {
  username: string;

  full_name: string;

  @ApiProperty({ type: String, nullable: true })
  bio: string | null;

  /** An http(s) URL. */
  @ApiProperty({ type: String, nullable: true })
  website: string | null;

  /** User name or URL by network. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, nullable: true })
  social_media: Readonly<Record<string, string>> | null;

  /** ISO 8601. */
  @ApiProperty({ type: String, nullable: true })
  created_at: string | null;

  /** Avatar URL on this hub; null without an avatar. */
  @ApiProperty({ type: String, nullable: true })
  _avatar_url: string | null;

  /** Kind of an external account. */
  @ApiProperty({ enum: ['user', 'org'], required: false })
  _hf_type?: 'user' | 'org';

  _hf_pro?: boolean;

  /** Number of members of an organization, if known. */
  _member_count?: number;
}

/** The profile of an organization, in the format of KohakuHub. */
export class OrganizationProfileDto extends PersonDto {
  name: string;

  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  /** Null if the source does not report it. */
  @ApiProperty({ type: Number, nullable: true })
  member_count: number | null;
}

/** Whether a name belongs to a user or an organization. */
export class AccountTypeDto {
  @ApiProperty({ enum: ['user', 'org'] })
  type: 'user' | 'org';

  /** @example "local" */
  _source: string;
}
