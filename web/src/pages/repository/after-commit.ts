import type { QueryClient } from '@tanstack/vue-query';

const STAYS = new Set(['me', 'site', 'whoami', 'settings', 'members', 'tokens', 'draft']);

/** Whatever was told of repositories is asked again: a commit changes their trees, cards, dates and places in lists. */
export const invalidateAfterCommit = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ predicate: ({ queryKey }) => !STAYS.has(String(queryKey[0])) });
