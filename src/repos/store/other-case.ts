import { HubError, type HubErrorCode } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { LocalRepo } from './local-repo.js';

/** Errors of a source that has the repository. */
const PRESENT: ReadonlySet<HubErrorCode> = new Set([
  'EntryNotFound',
  'RevisionNotFound',
  'GatedRepo',
  'Disabled',
  'NotImplemented',
  'Moved',
]);

/**
 * Whether a request has the id of a repository in other capitals, for which the namespace guard has not asked the sources: it asks for the
 * id as it is written and in lower case. A source that distinguishes case may have another repository with this id, which the local one must not hide. Never for a
 * private repository: its name stays on this hub, and a look-alike at a source must not replace it for a caller whose token has expired.
 */
export const isOtherCase = ({ repo, private: isPrivate }: LocalRepo, requested: RepoId): boolean =>
  !isPrivate && ![repoFullName(repo), repoFullName(repo).toLowerCase()].includes(repoFullName(requested));

/** The result of a source that has the repository; `undefined` if none has it or could be asked. */
export async function orLocal<T>(external: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await external();
  } catch (error) {
    if (error instanceof HubError && !PRESENT.has(error.code)) return undefined;
    throw error;
  }
}
