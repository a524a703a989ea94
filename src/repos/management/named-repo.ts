import { HubError } from '../../domain/hub-error.js';
import type { RepoId, RepoType } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { lookupName } from '../../domain/lookup-key.js';

/** How bodies name a repository (contract C.1). */
export interface NamedRepo {
  /** The name alone, or the whole id. */
  readonly name: string;
  /** The namespace; null or absent: the caller's own. */
  readonly organization?: string | null;
  /** A model when absent: Python leaves it out for models. */
  readonly type?: RepoType | null;
}

/** The repository that a body names. @throws HubError `BadRequest` for what is no id, or names two namespaces */
export function namedRepo({ name, organization, type }: NamedRepo, callerName: string): RepoId {
  const [first = '', second, ...more] = name.split('/');
  if (more.length > 0) throw new HubError('BadRequest', `"${name}" is not a repository id: one is namespace/name`);
  if (second === undefined)
    return checkRepoId({ type: type ?? 'model', namespace: organization || callerName, name: first });
  if (organization && lookupName(organization) !== lookupName(first))
    throw new HubError('BadRequest', `"${name}" and the organization "${organization}" name different namespaces`);
  return checkRepoId({ type: type ?? 'model', namespace: first, name: second });
}
