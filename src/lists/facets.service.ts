import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';
import { FacetCountsStore } from '../repos/store/facet-counts.store.js';
import { MAX_FACET_ROWS } from '../repos/store/facet-sql.js';
import { MembershipStore } from '../users/membership.store.js';
import type { FacetsDto } from './dto/facets.dto.js';
import { FACETS, inFacetOrder, withoutFacet } from './list-facets.js';
import { parseListParameters } from './list-parameters.js';

const MAX_VALUES = MAX_FACET_ROWS - 1;

/** Counts the values by which lists of local repositories can be filtered. */
@Injectable()
export class Facets {
  constructor(
    private readonly counts: FacetCountsStore,
    private readonly memberships: MembershipStore,
  ) {}

  /** @throws HubError `BadRequest` for an invalid parameter */
  async count(type: RepoType, parameters: QueryPairs, caller: Caller): Promise<FacetsDto> {
    const query = parseListParameters(type, parameters);
    const rules = FACETS[type];
    const counted = query.hubOnly
      ? { total: 0, values: new Map<string, never[]>() }
      : await this.counts.count(
          query,
          await this.memberships.readableBy(caller),
          rules.map((rule) => ({
            name: rule.name,
            values: rule.values,
            query: parseListParameters(type, withoutFacet(parameters, rule)),
          })),
        );
    const facets = rules.map(({ name, parameter, order }) => {
      const values = counted.values.get(name) ?? [];
      return {
        name,
        parameter,
        values: inFacetOrder(values.slice(0, MAX_VALUES), order),
        hasMore: values.length > MAX_VALUES,
      };
    });
    return { total: counted.total, facets };
  }
}
