import type { Caller } from '../../hub/language/caller.js';
import type { RepoId } from '../../hub/language/repo-id.js';

/** Who wants to write where. */
export interface WriteTarget {
  readonly repo: RepoId;
  readonly revision: string;
  readonly caller: Caller;
}
