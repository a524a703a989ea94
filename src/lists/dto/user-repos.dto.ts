import { ApiProperty } from '@nestjs/swagger';

const TYPES = ['models', 'datasets', 'spaces'] as const;
const listed = { type: 'array', items: { $ref: '#/components/schemas/RepoInfo' } } as const;

/** Repositories by type, each as in a list of its type. */
export class UserReposDto {
  @ApiProperty(listed)
  models: readonly unknown[];

  @ApiProperty(listed)
  datasets: readonly unknown[];

  @ApiProperty(listed)
  spaces: readonly unknown[];

  /** Types of which there are more than are shown: the lists have the rest, page by page. */
  @ApiProperty({ enum: TYPES, isArray: true, required: false })
  _truncated?: readonly (typeof TYPES)[number][];
}
