import { ApiProperty } from '@nestjs/swagger';
import { REPO_TYPES } from '../../../domain/repo-id.js';
import type { RepoType } from '../../../domain/repo-id.js';

/** A user in a list, in huggingface.co's spelling. */
export class ListedUserDto {
  _id: string;

  /** The name. */
  user: string;

  fullname: string;

  avatarUrl: string;

  isPro: boolean;

  type: 'user';

  isFollowing: boolean;

  /** Of a member of one of the hub's own organizations. */
  role?: 'admin' | 'write' | 'read';
}

/** The repository that is liked. */
export class LikedDto {
  /** @example "openai-community/gpt2" */
  name: string;

  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType' })
  type: RepoType;
}

/** Something that a user likes. */
export class LikeDto {
  /** ISO 8601; null where the source does not say when. */
  @ApiProperty({ type: String, nullable: true })
  createdAt: string | null;

  repo: LikedDto;
}
