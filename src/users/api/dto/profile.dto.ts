import { SourceTagsDto } from './source-tags.dto.js';

/** An organization that a user is in. */
export class OrganizationOfDto {
  id: string;

  name: string;

  fullname: string;

  avatarUrl: string;
}

/** What is counted of an account; of a source's, what the source tells. */
export class ProfileCountsDto extends SourceTagsDto {
  /** Those that the caller may see; datasets and spaces likewise. */
  numModels?: number;

  numDatasets?: number;

  numSpaces?: number;

  numPapers?: number;

  numFollowers?: number;
}

/** A user, in huggingface.co's spelling (contract D.6). */
export class UserOverviewDto extends ProfileCountsDto {
  _id: string;

  /** The name. */
  user: string;

  fullname: string;

  type: 'user';

  isPro: boolean;

  isFollowing: boolean;

  avatarUrl: string;

  /** What the user says about itself. */
  details: string;

  /** ISO 8601. */
  createdAt?: string;

  orgs: OrganizationOfDto[];

  numDiscussions?: number;

  numUpvotes?: number;

  numLikes?: number;

  numFollowing?: number;
}

/** An organization, in huggingface.co's spelling (contract D.6). */
export class OrganizationOverviewDto extends ProfileCountsDto {
  _id: string;

  name: string;

  fullname: string;

  avatarUrl: string;

  /** What the organization says about itself. */
  details: string;

  isVerified: boolean;

  isFollowing: boolean;

  /** How many members it has. */
  numUsers?: number;
}
