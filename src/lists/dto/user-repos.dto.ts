import { ApiProperty } from '@nestjs/swagger';
import { ReposByTypeDto } from './repos-by-type.dto.js';

const TYPES = ['models', 'datasets', 'spaces'] as const;

/** All repositories of an account. */
export class UserReposDto extends ReposByTypeDto {
  /** Types that have more repositories than returned. Use the paginated lists to get all of them. */
  @ApiProperty({ enum: TYPES, isArray: true, required: false })
  _truncated?: readonly (typeof TYPES)[number][];
}
