import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';

/** The caller and destination of a write. */
export interface WriteTarget {
  readonly repo: RepoId;
  readonly revision: string;
  readonly caller: Caller;
}
