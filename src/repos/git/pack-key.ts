import { createHash } from 'node:crypto';
import type { ClonePlan } from './clone-plan.service.js';
import type { ObjectFilter } from './object-filter.js';

/** Identifies the pack for a plan: two plans with the same key lead to the same bytes. */
export function packKey(
  repositoryId: number,
  { commits, tags, objects, boundary }: ClonePlan,
  { blobLimit, treeDepth }: ObjectFilter,
): string {
  const hash = createHash('sha256').update(`${repositoryId} ${blobLimit} ${treeDepth}`);
  const add = (kind: string, oids: readonly string[]): void => {
    hash.update(`\n${kind}`);
    for (const oid of oids) hash.update(oid);
  };
  const oidOf = ({ oid }: { readonly oid: string }): string => oid;
  add('commits', commits.map(oidOf));
  add('tags', tags.map(oidOf));
  add('boundary', boundary.map(oidOf));
  add('trees', objects.trees);
  add('blobs', objects.blobs);
  return hash.digest('hex');
}
