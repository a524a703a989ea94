import type { LocationQuery, LocationQueryValue } from 'vue-router';
import type { ListQuery } from '@/api/lists';
import type { RepoType } from '@/api/repositories';

export const SORTS: Readonly<Record<string, string>> = {
  trendingScore: 'Trending',
  lastModified: 'Recently updated',
  createdAt: 'Recently created',
  downloads: 'Most downloads',
  likes: 'Most likes',
};

/** Parameters of facets. The SDK of spaces is a tag. */
const FACET_PARAMETERS: Readonly<Record<RepoType, readonly string[]>> = {
  model: ['pipeline_tag', 'library', 'num_parameters', 'language', 'license'],
  dataset: ['task_categories', 'format', 'size_categories', 'language', 'license'],
  space: ['license'],
};
/** A list has at most one of these values. */
export const SINGLE_PARAMETERS: readonly string[] = ['pipeline_tag', 'num_parameters'];

const first = (value: LocationQueryValue | LocationQueryValue[] | undefined): string | undefined =>
  (Array.isArray(value) ? value[0] : value) || undefined;
const all = (value: LocationQueryValue | LocationQueryValue[] | undefined): string[] =>
  [value].flat().filter((item): item is string => !!item);

/** Earlier choices of the user, for lists without them in their URL. */
export interface ListChoices {
  readonly includesSources: boolean;
  readonly sort: string;
}

/** Reads the list parameters from the page's URL. */
export function parseListQuery(type: RepoType, query: LocationQuery, choices: ListChoices): ListQuery {
  const sort = first(query['sort']) ?? choices.sort;
  const tags = all(query['filter']);
  const parameters = FACET_PARAMETERS[type];
  // a tag such as `license:mit` in a link is a value of a facet
  const isOf = (parameter: string) => (tag: string) => tag.startsWith(`${parameter}:`);
  const facets = parameters.map((parameter) => {
    const values = [...all(query[parameter]), ...tags.filter(isOf(parameter))];
    return [parameter, SINGLE_PARAMETERS.includes(parameter) ? values.slice(0, 1) : values] as const;
  });
  return {
    type,
    search: first(query['search']),
    filter: tags.filter((tag) => !parameters.some((parameter) => isOf(parameter)(tag))),
    facets: Object.fromEntries(facets.filter(([, values]) => values.length > 0)),
    sort: sort in SORTS ? sort : 'trendingScore',
    limit: 30,
    fallback: choices.includesSources || first(query['sources']) === '1',
  };
}

/** The selected values of a parameter. */
export const selectedValues = (list: ListQuery, parameter: string): readonly string[] =>
  (parameter === 'filter' ? list.filter : list.facets?.[parameter]) ?? [];

/** The part of the page's URL that has the filters of a list. */
export const urlOfFilters = ({ search, filter, facets }: ListQuery): LocationQuery => ({
  ...(search && { search }),
  ...(filter?.length && { filter: [...filter] }),
  ...Object.fromEntries(Object.entries(facets ?? {}).map(([name, values]) => [name, [...values]])),
});

/** The list with other selected values of a parameter. */
export function withValues(list: ListQuery, parameter: string, values: readonly string[]): ListQuery {
  if (parameter === 'filter') return { ...list, filter: values };
  const others = Object.entries(list.facets ?? {}).filter(([name]) => name !== parameter);
  return { ...list, facets: Object.fromEntries(values.length > 0 ? [...others, [parameter, values]] : others) };
}
