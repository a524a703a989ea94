import { HubError } from '../../domain/hub-error.js';
import { checkRefName, DEFAULT_BRANCH } from '../store/ref-names.js';

/**
 * The branch that a commit goes to, from what its URL says: a branch's short or full name, or `HEAD`.
 * @throws HubError `NotImplemented` for a pull request, `BadRequest` for what can be no branch
 */
export function targetBranch(revision: string): string {
  if (revision.startsWith('refs/pr/')) throw noPullRequests();
  const name = revision === 'HEAD' ? DEFAULT_BRANCH : revision.replace(/^refs\/heads\//, '');
  if (/^[0-9a-f]{40}$/.test(name)) {
    throw new HubError('BadRequest', `"${name}" is a commit; commits are made to branches`);
  }
  checkRefName(name);
  return name;
}

/** This hub has no pull requests. Clients that ask for one are told so instead of finding their commit on the branch. */
export const noPullRequests = (): HubError =>
  new HubError('NotImplemented', 'This hub has no pull requests; commit to a branch instead (create_pr=False)');
