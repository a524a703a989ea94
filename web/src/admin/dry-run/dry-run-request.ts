import type { OperationKind } from '@domain/operation';
import { reactive } from 'vue';
import type { Schemas } from '@/api/client';
import type { RepoType } from '@/api/repositories';
import { onSignOut } from '../admin-session';
import { parseRepoId, repoIdError } from '../repo-id';

export type DryRun = Schemas['DryRunDto'];
export type Attempt = Schemas['AttemptDto'];
export type DryRunRequest = Schemas['DryRunRequestDto'];

/** The operations with the functions of `huggingface_hub` that use them. */
export const OPERATIONS = {
  resolve: { title: 'Resolve a file (hf_hub_download)', revision: true, path: 'File' },
  info: { title: 'Repository info (repo_info)', revision: false, path: undefined },
  revision: { title: 'Revision info (repo_info, revision)', revision: true, path: undefined },
  tree: { title: 'List files (list_repo_tree)', revision: true, path: 'Folder' },
  pathsInfo: { title: 'Paths info (get_paths_info)', revision: true, path: 'Paths' },
  treesize: { title: 'Size of a folder', revision: true, path: 'Folder' },
  refs: { title: 'Branches and tags (list_repo_refs)', revision: false, path: undefined },
  commits: { title: 'Commits (list_repo_commits)', revision: true, path: undefined },
  compare: { title: 'Comparison of revisions', revision: true, path: undefined },
  discussions: { title: 'Discussions (get_repo_discussions)', revision: false, path: undefined },
  likers: { title: 'Likers (list_repo_likers)', revision: false, path: undefined },
  userProfile: { title: 'User or organization', revision: false, path: undefined },
} as const satisfies Record<OperationKind | 'userProfile', { title: string; revision: boolean; path?: string }>;
export type Op = keyof typeof OPERATIONS;

const DEFAULTS = {
  op: 'resolve' as Op,
  type: 'model' as RepoType,
  id: '',
  revision: 'main',
  path: 'config.json',
  user: '',
};

export type DryRunForm = typeof DEFAULTS;

/** The values of the form. Kept while other pages of the portal are open. */
export const form = reactive({ ...DEFAULTS });
onSignOut(() => Object.assign(form, DEFAULTS));

/** Whether the operation is about an account, not about a repository. */
export const isAccountOperation = (op: Op): boolean => op === 'userProfile';

const REQUIRED = 'Required';

/**
 * Validates the form.
 *
 * @returns messages by field
 */
export function validateForm({ op, id, revision, path }: DryRunForm): Readonly<Record<string, string>> {
  const idError = isAccountOperation(op) ? (id === '' ? REQUIRED : undefined) : repoIdError(id);
  const needsPath = op === 'resolve' || op === 'pathsInfo';
  return {
    ...(idError ? { name: idError } : {}),
    ...(OPERATIONS[op].revision && !revision.trim() ? { revision: REQUIRED } : {}),
    ...(needsPath && !path.trim() ? { file_path: REQUIRED } : {}),
  };
}

/**
 * Builds the request body.
 *
 * @param sources the draft to use instead of the current sources
 */
export function dryRunRequest(values: DryRunForm, sources?: DryRunRequest['sources']): DryRunRequest {
  const { op, type, id, revision, path, user } = values;
  const repo = parseRepoId(type, id);
  const target = isAccountOperation(op)
    ? { namespace: '', name: id }
    : { repo_type: type, namespace: repo.namespace, name: repo.name };
  const paths = path
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    op,
    ...target,
    revision: OPERATIONS[op].revision ? revision.trim() : 'main',
    file_path: op === 'resolve' || op === 'tree' ? path.trim() : '',
    ...(op === 'pathsInfo' ? { paths } : {}),
    ...(sources ? { sources } : {}),
    ...(user.trim() ? { as_username: user.trim() } : {}),
  };
}
