import type { ReadableRepos } from '../../users/readable-repos.js';

/** The condition for repositories that a caller may see. */
export function visibleTo({ owners, repositories }: ReadableRepos, bind: (value: unknown) => string): string {
  const conditions = [
    'NOT r.private',
    ...(owners.length > 0 ? [`r.owner_id = ANY(${bind(owners)})`] : []),
    ...(repositories.length > 0 ? [`r.id = ANY(${bind(repositories)})`] : []),
  ];
  return conditions.length === 1 ? conditions[0]! : `(${conditions.join(' OR ')})`;
}
