import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import { isOnFeature, type Operation, type OperationKind } from '../../domain/operation.js';
import type { Reply } from '../../domain/upstream.js';
import { chooseFailure } from '../../domain/choose-failure.js';

/**
 * The reply of the source that has a repository.
 *
 * @throws HubError if the source does not have the file or revision, or cannot serve the request now; `NotImplemented` if it does not have
 * the feature
 */
export function conclude(attempt: Attempt, operation: Operation): Reply {
  if (attempt.verdict === 'propagate') throw propagated(attempt);
  const { outcome } = attempt;
  if (attempt.verdict !== 'serve' || outcome.kind !== 'reply')
    throw missingFeature(attempt, operation) ?? chooseFailure([attempt], operation.kind);
  return outcome;
}

/** Statuses of URLs that a hub does not have. KohakuHub responds with 501. */
const UNKNOWN_URL: ReadonlySet<number | undefined> = new Set([404, 405, 410, 501]);

/** Names of features that differ from their operations. */
const FEATURES: Partial<Readonly<Record<OperationKind, string>>> = { compare: 'comparisons' };

/** The error for a request that the source of the repository does not support, since an empty response would claim that it has nothing. */
function missingFeature({ outcome, source, repoDenied }: Attempt, operation: Operation): HubError | undefined {
  if (!isOnFeature(operation.kind) || repoDenied || !UNKNOWN_URL.has(outcome.status)) return undefined;
  const facts = { source: { name: source.name, url: source.url } };
  if (operation.kind === 'discussions' && operation.number !== undefined)
    return new HubError('NotFound', `The source ${source.name} has no discussion ${operation.number}`, facts);
  return new HubError(
    'NotImplemented',
    `The source ${source.name} does not provide ${FEATURES[operation.kind] ?? `the ${operation.kind}`} of its repositories.`,
    facts,
  );
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
