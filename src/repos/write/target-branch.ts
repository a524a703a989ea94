import { HubError } from '../../domain/hub-error.js';
import { checkRefName, DEFAULT_BRANCH } from '../store/ref-names.js';

/**
 * The target branch of a commit, given as a short name, a full name or `HEAD`.
 *
 * @throws HubError `NotImplemented` for a pull request, `BadRequest` for an invalid branch name
 */
export function targetBranch(revision: string): string {
  if (revision.startsWith('refs/pr/')) throw noPullRequests();
  const name = revision === 'HEAD' ? DEFAULT_BRANCH : revision.replace(/^refs\/heads\//, '');
  if (/^[0-9a-f]{40}$/.test(name)) {
    throw new HubError('BadRequest', `"${name}" is a commit id. Commit to a branch instead.`);
  }
  checkRefName(name);
  return name;
}

export const noPullRequests = (): HubError =>
  new HubError(
    'NotImplemented',
    'This hub does not support pull requests. Commit to a branch instead (create_pr=False).',
  );
