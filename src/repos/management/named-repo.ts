import { HubError } from '../../domain/hub-error.js';
import type { RepoId, RepoType } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { lookupName } from '../../domain/lookup-key.js';

/** A repository reference in a request body (contract C.1). */
export interface NamedRepo {
  /** The name, or the full id `namespace/name`. */
  readonly name: string;
  /** The namespace. Defaults to the caller's own. */
  readonly organization?: string | null;
  /** Defaults to a model: the Python client omits it for models. */
  readonly type?: RepoType | null;
}

/**
 * Resolves a repository reference.
 *
 * @throws HubError `BadRequest` for an invalid id, or if `name` and `organization` give different namespaces
 */
export function resolveNamedRepo({ name, organization, type }: NamedRepo, callerName: string): RepoId {
  const [first = '', second, ...rest] = name.split('/');
  if (rest.length > 0) throw new HubError('BadRequest', `"${name}" is not a valid repository id. Use namespace/name.`);
  if (second === undefined)
    return checkRepoId({ type: type ?? 'model', namespace: organization || callerName, name: first });
  if (organization && lookupName(organization) !== lookupName(first))
    throw new HubError('BadRequest', `"${name}" and the organization "${organization}" refer to different namespaces`);
  return checkRepoId({ type: type ?? 'model', namespace: first, name: second });
}

/**
 * Resolves a full repository id, with its namespace.
 *
 * @throws HubError `BadRequest`
 */
export function resolveFullName(id: string, type: RepoType): RepoId {
  if (!id.includes('/')) throw new HubError('BadRequest', `"${id}" is not a full repository id. Use namespace/name.`);
  return resolveNamedRepo({ name: id, type }, '');
}
