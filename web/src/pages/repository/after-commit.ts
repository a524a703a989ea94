import type { QueryClient } from '@tanstack/vue-query';

const UNAFFECTED_QUERIES = new Set(['me', 'site', 'whoami', 'settings', 'members', 'tokens', 'draft']);

/** Refetches everything about repositories: a commit changes trees, cards, dates and the order of lists. */
export const invalidateAfterCommit = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ predicate: ({ queryKey }) => !UNAFFECTED_QUERIES.has(String(queryKey[0])) });
