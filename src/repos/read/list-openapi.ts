import { inQuery, jsonOf, limitsOf, listOf, operation, type Paths } from './read-operations.js';

export const EXPAND = inQuery('expand', 'Include additional fields');

const LIST = [
  inQuery('author', 'User or organization'),
  inQuery('search', 'Search terms, matched against the id, the tags and the card. May be repeated.'),
  inQuery('filter', 'Tags that results must all have. May be repeated or comma-separated.'),
  inQuery('pipeline_tag', 'Task of the model, for example text-generation'),
  inQuery(
    'gated',
    'Models and datasets: true, false, auto or manual. Models also have the filters apps, inference, ' +
      'inference_provider and num_parameters, which match only external repositories; spaces have models, datasets and linked.',
  ),
  inQuery(
    'sort',
    'lastModified, createdAt, downloads, likes or trendingScore. The aliases updated, recent and trending are accepted.',
  ),
  inQuery('direction', '-1 for descending, 1 for ascending order', 'integer'),
  inQuery('limit', 'Maximum number of entries per page. Default 100, maximum 1000.', 'integer'),
  inQuery('full', 'Include more fields and the list of files', 'boolean'),
  inQuery('cardData', 'Include the metadata of the card', 'boolean'),
];

/** The OpenAPI paths of the lists of repositories. */
export const listRoutes: Paths = Object.fromEntries(
  ['models', 'datasets', 'spaces'].map((types) => {
    const cursor = inQuery('cursor', 'Cursor from the Link header of the previous page');
    const description =
      'A page of results. The Link header has the next page. X-Source-Failures lists sources that failed.';
    const success = { 200: { description, content: jsonOf(listOf('RepoInfo')) } };
    const summary = `List the ${types} of this hub and of its sources`;
    return [
      `/api/${types}`,
      {
        get: { ...operation('repositories', summary, [...LIST, EXPAND, cursor], success), ...limitsOf('lists.models') },
      },
    ];
  }),
);
