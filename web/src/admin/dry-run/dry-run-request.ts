import { reactive } from 'vue';
import type { Schemas } from '@/api/client';
import type { RepoType } from '@/api/repositories';
import { onSignOut } from '../admin-session';
import { repoIdError, parseRepoId } from '../repo-id';

export type DryRun = Schemas['DryRunDto'];
export type Attempt = Schemas['AttemptDto'];
export type DryRunRequest = Schemas['DryRunRequestDto'];

/** The operations, by what clients call them. */
export const OPERATIONS = {
  resolve: { title: 'Resolve a file (hf_hub_download)', revision: true, path: 'File' },
  info: { title: 'Repository info (repo_info)', revision: false, path: undefined },
  revision: { title: 'Revision info (repo_info, revision)', revision: true, path: undefined },
  tree: { title: 'List files (list_repo_tree)', revision: true, path: 'Folder' },
  pathsInfo: { title: 'Paths info (get_paths_info)', revision: true, path: 'Paths' },
  refs: { title: 'Branches and tags (list_repo_refs)', revision: false, path: undefined },
  commits: { title: 'Commits (list_repo_commits)', revision: true, path: undefined },
  userProfile: { title: 'A user or organization', revision: false, path: undefined },
} as const;
export type Op = keyof typeof OPERATIONS;

const EMPTY = {
  op: 'resolve' as Op,
  type: 'model' as RepoType,
  id: '',
  revision: 'main',
  path: 'config.json',
  user: '',
};

/** Is the question about an account, and not about a repository? */
export const isAboutAccount = (op: Op): boolean => op === 'userProfile';

/** What is typed into the tester; it outlives a look at another page of the portal. */
export const question = reactive({ ...EMPTY });
onSignOut(() => Object.assign(question, EMPTY));

/** What is missing or cannot be, by field. */
export function requestErrors({ op, id, revision, path }: typeof question): Readonly<Record<string, string>> {
  const repo = isAboutAccount(op) ? (id === '' ? 'is missing' : undefined) : repoIdError(id);
  return {
    ...(repo ? { name: repo } : {}),
    ...(OPERATIONS[op].revision && !revision.trim() ? { revision: 'is missing' } : {}),
    ...(['resolve', 'pathsInfo'].includes(op) && !path.trim() ? { file_path: 'is missing' } : {}),
  };
}

/** What the API is asked. @param sources a draft, in place of the hub's own */
export function dryRunRequest(asked: typeof question, sources?: DryRunRequest['sources']): DryRunRequest {
  const { op, type, id, revision, path, user } = asked;
  const repo = parseRepoId(type, id);
  const about = isAboutAccount(op)
    ? { namespace: '', name: id }
    : { repo_type: type, namespace: repo.namespace, name: repo.name };
  const paths = path
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    ...{ op, ...about },
    revision: OPERATIONS[op].revision ? revision.trim() : 'main',
    file_path: op === 'resolve' || op === 'tree' ? path.trim() : '',
    ...(op === 'pathsInfo' ? { paths } : {}),
    ...(sources ? { sources } : {}),
    ...(user.trim() ? { as_username: user.trim() } : {}),
  };
}
