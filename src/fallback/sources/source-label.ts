import type { Source } from '../../domain/source.js';

/**
 * The label of a source in metrics: its name, with its namespace to be unique. All drafts share one label, so that the number of labels stays
 * limited.
 */
export function sourceLabel({ key, name, namespace }: Pick<Source, 'key' | 'name' | 'namespace'>): string {
  if (key.startsWith('draft:')) return 'draft';
  return namespace === '' ? name : `${namespace}/${name}`;
}
