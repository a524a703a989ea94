import { ApiProperty } from '@nestjs/swagger';
import { FACET_NAMES, type FacetName } from '../list-facets.js';

/** A value of a facet. */
export class FacetValueDto {
  /** The value for the parameter of the facet. */
  value: string;

  /** Number of local repositories that have it and match the other filters. */
  count: number;
}

/** A property by which a list can be filtered, and its values. */
export class FacetDto {
  @ApiProperty({ enum: FACET_NAMES })
  name: FacetName;

  /** The parameter of the list that selects a value. */
  parameter: string;

  /** At most 50, the most frequent ones first; sizes by size. */
  @ApiProperty({ type: FacetValueDto, isArray: true })
  values: readonly FacetValueDto[];

  /** Whether there are further values. */
  hasMore: boolean;
}

/** Counts of local repositories by the values of their facets. */
export class FacetsDto {
  /** Number of local repositories that match all filters. */
  total: number;

  @ApiProperty({ type: FacetDto, isArray: true })
  facets: readonly FacetDto[];
}
