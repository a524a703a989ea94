import { ApiProperty } from '@nestjs/swagger';

const TYPES = ['models', 'datasets', 'spaces'] as const;
const repoInfos = { type: 'array', items: { $ref: '#/components/schemas/RepoInfo' } } as const;

/** Repositories by type, in the format of the lists of models, datasets and spaces. */
export class UserReposDto {
  @ApiProperty(repoInfos)
  models: readonly unknown[];

  @ApiProperty(repoInfos)
  datasets: readonly unknown[];

  @ApiProperty(repoInfos)
  spaces: readonly unknown[];

  /** Types that have more repositories than returned. Use the paginated lists to get all of them. */
  @ApiProperty({ enum: TYPES, isArray: true, required: false })
  _truncated?: readonly (typeof TYPES)[number][];
}
