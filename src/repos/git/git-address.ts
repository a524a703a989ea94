import type { RepoId } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { typeOfFolder } from '../../domain/urls.js';

/**
 * The repository of a git URL: `/namespace/name` for models, `/datasets/namespace/name` and `/spaces/namespace/name`, each with or
 * without `.git`. `undefined` if the path cannot be that of a repository.
 *
 * @param path - decoded segments before `/info/refs` or `/git-upload-pack`
 * @throws HubError `BadRequest` for an invalid repository id
 */
export function parseGitAddress(path: readonly string[]): RepoId | undefined {
  const type = path.length > 1 ? typeOfFolder(path[0]) : undefined;
  const id = type ? path.slice(1) : path;
  const [name, namespace = ''] = id.toReversed();
  if (name === undefined || id.length > 2 || id.includes('') || path[0] === 'api') return undefined;
  return checkRepoId({ type: type ?? 'model', namespace, name: name.replace(/\.git$/, '') });
}
