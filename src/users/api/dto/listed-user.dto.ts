import { ApiProperty } from '@nestjs/swagger';
import { ExternalNameDto } from './profile.dto.js';
import { REPO_TYPES } from '../../../domain/repo-id.js';
import type { RepoType } from '../../../domain/repo-id.js';

/** A user in a list, in the format of huggingface.co. */
export class ListedUserDto extends ExternalNameDto {
  _id: string;

  /** User name. */
  user: string;

  fullname: string;

  avatarUrl: string;

  isPro: boolean;

  type: 'user';

  isFollowing: boolean;

  /** Role in the organization; only for members of local organizations. */
  role?: 'admin' | 'write' | 'read';

  /** Whether the member is a service account of the organization. Omitted for people. */
  isServiceAccount?: boolean;
}

/** A liked repository. */
export class LikedDto {
  /** @example "openai-community/gpt2" */
  name: string;

  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;
}

/** A like. */
export class LikeDto {
  /** ISO 8601; null if the source does not report it. */
  @ApiProperty({ type: String, nullable: true })
  createdAt: string | null;

  repo: LikedDto;
}
