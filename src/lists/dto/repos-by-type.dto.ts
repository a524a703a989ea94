import { ApiProperty } from '@nestjs/swagger';

const repoInfos = { type: 'array', items: { $ref: '#/components/schemas/RepoInfo' } } as const;

/** Repositories by type, in the format of the lists of models, datasets and spaces. */
export class ReposByTypeDto {
  @ApiProperty(repoInfos)
  models: readonly unknown[];

  @ApiProperty(repoInfos)
  datasets: readonly unknown[];

  @ApiProperty(repoInfos)
  spaces: readonly unknown[];
}
