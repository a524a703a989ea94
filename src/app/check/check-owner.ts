import { ownershipProblem, StoreOwner } from '../../platform/storage/store-owner.js';
import type { Check } from './check-context.js';

/** The storage belongs to this hub, so that no other one deletes its files. */
export const OWNER: Check = {
  name: 'owner',
  async run({ database, blobs, mark, findings }) {
    const ownership = await new StoreOwner(mark, database, blobs).check();
    const problem = ownership === 'free' ? undefined : ownershipProblem(ownership, mark.place);
    if (problem !== undefined)
      findings.add('owner', {
        kind: `storage-${ownership}`,
        message: problem,
        advice: 'docs/operations.md has more about the owner of a storage.',
      });
    return 1;
  },
};
