import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import type { Operation } from '../../domain/operation.js';
import type { Reply } from '../../domain/upstream.js';
import { chooseFailure } from '../../domain/choose-failure.js';

/**
 * The reply of the source that has a repository.
 *
 * @throws HubError if the source does not have the file or revision, or cannot serve the request now
 */
export function conclude(attempt: Attempt, operation: Operation): Reply {
  if (attempt.verdict === 'propagate') throw propagated(attempt);
  const { outcome } = attempt;
  if (attempt.verdict !== 'serve' || outcome.kind !== 'reply') throw chooseFailure([attempt], operation.kind);
  return outcome;
}

/**
 * A source's own "file not found" or "revision not found", with the commit, because clients cache that this commit does not have the file.
 */
export function propagated({ errorCode, outcome, source }: Attempt): HubError {
  const headers = outcome.kind === 'reply' ? outcome.headers : {};
  const code = errorCode === 'RevisionNotFound' ? 'RevisionNotFound' : 'EntryNotFound';
  const defaultMessage = code === 'RevisionNotFound' ? 'Revision not found' : 'Entry not found';
  return new HubError(code, headers['x-error-message'] ?? defaultMessage, {
    commit: headers['x-repo-commit'],
    source: { name: source.name, url: source.url },
  });
}
