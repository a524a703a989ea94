import { formatBytes } from './byte-size.js';
import type { DeliveryRule } from './delivery-rule.js';

/** The files that a rule matches, for people: `*.bin of meta-llama/*, at least 10 MB`. */
export function describeRule({ repos, files, min_size, max_size, types }: DeliveryRule): string {
  const sizes = [
    min_size !== undefined && `at least ${formatBytes(min_size)}`,
    max_size !== undefined && `at most ${formatBytes(max_size)}`,
  ];
  const of = [...(types ?? []).map((type) => `${type}s`), ...(repos === undefined ? [] : [repos])];
  const what = `${files ?? 'all files'}${of.length > 0 ? ` of ${of.join(', ')}` : ''}`;
  return [what, ...sizes.filter(Boolean)].join(', ');
}
