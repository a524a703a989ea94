import type { HubConfig } from '../../platform/config/hub-config.js';
import { ownershipProblem, StoreOwner } from '../../platform/storage/store-owner.js';
import { openStores } from '../../platform/storage/stores.js';
import { openExistingDatabase } from '../check/open-checked-hub.js';
import { findingsOf, type Finding } from './finding.js';

/** Examines whether the storage belongs to the hub with this database. */
export async function examineOwner(config: HubConfig): Promise<Finding[]> {
  const { ok, problem } = findingsOf(config.s3 ? 'bucket' : 'disk');
  const database = await openExistingDatabase(config).catch(() => undefined); // reported before
  if (database === undefined) return [];
  try {
    const { mark, blobs } = await openStores(config);
    const ownership = await new StoreOwner(mark, database, blobs).check();
    if (ownership === 'own') return [ok(`This hub owns ${mark.place}.`)];
    if (ownership === 'free') return [ok(`No hub has marked ${mark.place} yet. The next start does.`)];
    return [
      problem(ownershipProblem(ownership, mark.place)!, 'docs/operations.md has more about the owner of a storage.'),
    ];
  } finally {
    await database.destroy();
  }
}
