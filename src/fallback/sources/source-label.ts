import type { Source } from '../../domain/source.js';

/**
 * What a source is called in figures: its name, which is its own within its namespace. Those that an administrator only tries out
 * share one, since there is no end of them.
 */
export function sourceLabel({ key, name, namespace }: Pick<Source, 'key' | 'name' | 'namespace'>): string {
  if (key.startsWith('draft:')) return 'draft';
  return namespace === '' ? name : `${namespace}/${name}`;
}
