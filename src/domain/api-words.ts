import { REPO_NOT_FOUND_MESSAGE } from './choose-failure.js';
import { HubError } from './hub-error.js';
import type { RepoId, RepoType } from './repo-id.js';

/**
 * Words that follow `/api/{type}s/` in URLs of huggingface.co and are not ids of repositories, with what clients request there
 * (`HfApi.list_spaces_hardware`, `list_space_templates`, `search_spaces`, and the site's own pages).
 */
const API_WORDS: Readonly<Record<RepoType, Readonly<Record<string, string>>>> = {
  model: {
    search: 'this kind of search. Use GET /api/models?search= instead',
    'semantic-search': 'semantic search. Use GET /api/models?search= instead',
    trending: 'lists of trending models. Use GET /api/models?sort=trendingScore instead',
  },
  dataset: {
    search: 'this kind of search. Use GET /api/datasets?search= instead',
    'semantic-search': 'semantic search. Use GET /api/datasets?search= instead',
    trending: 'lists of trending datasets. Use GET /api/datasets?sort=trendingScore instead',
  },
  space: {
    hardware: 'hardware for Spaces, because it does not run them',
    templates: 'templates for Spaces',
    search: 'this kind of search. Use GET /api/spaces?search= instead',
    'semantic-search': 'semantic search. Use GET /api/spaces?search= instead',
    trending: 'lists of trending Spaces. Use GET /api/spaces?sort=trendingScore instead',
  },
};

/**
 * Returns an id unchanged if it is not a word of the API. Ids with a namespace never are, and Spaces always have a namespace.
 * @throws HubError `NotImplemented` for a known word, `RepoNotFound` for other Spaces without a namespace
 */
export function checkNoApiWord(repo: RepoId): RepoId {
  if (repo.namespace !== '') return repo;
  const reserved = API_WORDS[repo.type];
  const word = repo.name.toLowerCase();
  if (Object.hasOwn(reserved, word))
    throw new HubError('NotImplemented', `This hub does not provide ${reserved[word]!}.`);
  if (repo.type === 'space') throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  return repo;
}
