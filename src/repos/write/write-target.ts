import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';

/** Who wants to write where. */
export interface WriteTarget {
  readonly repo: RepoId;
  readonly revision: string;
  readonly caller: Caller;
}
