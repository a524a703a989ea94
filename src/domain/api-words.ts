import { REPO_NOT_FOUND_MESSAGE } from './choose-failure.js';
import { HubError } from './hub-error.js';
import { REFUSALS, type RefusalKey } from './refusals.js';
import type { RepoId, RepoType } from './repo-id.js';

type Words = Readonly<Record<string, RefusalKey>>;

const SEARCHES: Words = { search: 'search', 'semantic-search': 'semanticSearch', trending: 'trending' };

/**
 * Words that follow `/api/{type}s/` in URLs of huggingface.co and are not ids of repositories, with the feature that clients request there
 * (`HfApi.list_spaces_hardware`, `list_space_templates`, `search_spaces`, and the site's own pages).
 */
const API_WORDS: Readonly<Record<RepoType, Words>> = {
  model: SEARCHES,
  dataset: SEARCHES,
  space: { ...SEARCHES, hardware: 'spaceHardware', templates: 'spaceTemplates' },
};

/**
 * Returns an id unchanged if it is not a word of the API. Ids with a namespace never are, and Spaces always have a namespace.
 * @throws HubError `NotImplemented` for a known word, `RepoNotFound` for other Spaces without a namespace
 */
export function checkNoApiWord(repo: RepoId): RepoId {
  if (repo.namespace !== '') return repo;
  const reserved = API_WORDS[repo.type];
  const word = repo.name.toLowerCase();
  if (Object.hasOwn(reserved, word)) throw new HubError('NotImplemented', REFUSALS[reserved[word]!].message);
  if (repo.type === 'space') throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  return repo;
}
