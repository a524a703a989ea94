import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ListQuery } from '../../domain/list.js';
import type { ReadableRepos } from '../../users/readable-repos.js';
import { facetsSql, type CountedFacet } from './facet-sql.js';
import { findOwnerId } from './repo-owner.queries.js';

/** A value of a facet, and the number of repositories that have it. */
export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

export interface CountedFacets {
  /** The number of repositories in the list. */
  readonly total: number;
  /** Values by the name of their facet, the most frequent ones first. */
  readonly values: ReadonlyMap<string, readonly FacetValue[]>;
}

interface Row extends FacetValue {
  readonly facet: string;
}

/** Counts the values by which a list of local repositories can be filtered. */
@Injectable()
export class FacetCountsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * @param query - the list
   * @param readable - the private repositories that are included
   */
  async count(query: ListQuery, readable: ReadableRepos, facets: readonly CountedFacet[]): Promise<CountedFacets> {
    const { author } = query;
    const owner = author === undefined ? undefined : await findOwnerId(this.database, author);
    if (owner === null) return { total: 0, values: new Map() };
    const { sql, values } = facetsSql({ query, readable, owner }, facets);
    const counted = new Map<string, FacetValue[]>();
    let total = 0;
    for (const { facet, value, count } of await this.database.query<Row[]>(sql, values))
      if (facet === '') total = count;
      else counted.set(facet, [...(counted.get(facet) ?? []), { value, count }]);
    return { total, values: counted };
  }
}
