import type { AccountKind } from './account.js';
import type { Attempt, AttemptCategory } from './attempt.js';
import { HubError, type HubErrorFacts } from './hub-error.js';
import type { Source } from './source.js';
import { isOnAccount, isOnFile, type AnyOperationKind } from './operation.js';
import { DISABLED_MESSAGE } from './classify-reply.js';
import type { Reply } from './upstream.js';
import { unexpectedReply } from './unexpected-reply.js';

export const REPO_NOT_FOUND_MESSAGE = 'Repository not found';

/**
 * The error for the caller when no source served a request: the strongest of their errors. "Not found" requires that every source
 * definitively does not have it (invariant 9). It has no list of sources then, like the error for any missing repository.
 *
 * @param nameOf - the server that failed, at the beginning of a sentence
 */
export function chooseFailure(attempts: readonly Attempt[], kind: AnyOperationKind, nameOf = sourceName): HubError {
  const first = (category: AttemptCategory): Attempt | undefined => attempts.find((a) => a.category === category);
  const facts: HubErrorFacts = {
    sources: attempts.map(({ source, outcome, category }) => reportOf(source.name, outcome.status, category)),
  };

  const gated = first('auth');
  if (gated) return new HubError('GatedRepo', gatedMessage(gated), facts);
  if (first('disabled')) return new HubError('Disabled', DISABLED_MESSAGE, facts);
  if (first('forbidden')) return new HubError('Forbidden', 'The source denied access.', facts);
  if (attempts.every((a) => a.category === 'not-found')) return notFound(attempts, kind);
  const rejecting = first('token-rejected');
  if (rejecting)
    return new HubError(
      'UpstreamFailed',
      tokenRejectedMessage(rejecting.source.name, rejecting.outcome.usesPassword),
      facts,
    );
  const unreadable = first('credentials-unreadable');
  if (unreadable) return new HubError('UpstreamFailed', credentialsUnreadableMessage(unreadable.source.name), facts);
  const limited = first('rate-limited');
  if (limited)
    return new HubError('RateLimited', `${nameOf(limited.source)} limits the requests of this hub.`, {
      ...facts,
      retryAfter: retryAfterOf(limited),
    });
  const failed = attempts.find(({ category }) => category !== 'not-found' && category !== 'offline');
  return failed
    ? unreachable(failed, facts, kind, nameOf(failed.source))
    : offlineError(first('offline')!.source.name, facts);
}

/** Sent if the hub does not have what was requested, and must not ask the source. */
export const offlineError = (source: string, facts: HubErrorFacts = {}): HubError =>
  new HubError(
    'Offline',
    `This hub is offline for the source ${source}, and does not have what was requested. Ask an administrator to prefetch it.`,
    facts,
  );

/** For administrators too: it reports where to update the token, or the user and password. */
export function tokenRejectedMessage(source: string, usesPassword = false): string {
  const problem = usesPassword ? 'rejected the credentials. Update them' : 'rejected its token. Update it';
  return `Source "${source}" ${problem} in Admin → Fallback sources.`;
}

/** For administrators too. Clients cannot do anything about it. */
export const credentialsUnreadableMessage = (source: string): string =>
  `Source "${source}" is not used, because its stored credentials cannot be decrypted. Enter them again in Admin → Fallback sources.`;

const gatedMessage = ({ outcome }: Attempt): string =>
  (outcome.kind === 'reply' ? errorOf(outcome) : undefined) ?? 'Access to this repository is restricted by its source.';

const reportOf = (name: string, status: number | undefined, category: AttemptCategory) => ({
  name,
  status: status ?? null,
  category,
});

function notFound(attempts: readonly Attempt[], kind: AnyOperationKind): HubError {
  if (attempts.length > 0 && isOnFile(kind) && !attempts.some((a) => a.repoDenied))
    return new HubError('EntryNotFound', 'Entry not found');
  return isOnAccount({ kind }) ? accountNotFound('user') : new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
}

/** The message of huggingface.co (contract D.6). */
export const accountNotFound = (kind: AccountKind): HubError => new HubError('NotFound', `This ${kind} does not exist`);

const sourceName = ({ name }: Pick<Source, 'name'>): string => `The source ${name}`;

/** @param name - of the server, at the beginning of a sentence */
function unreachable(attempt: Attempt, facts: HubErrorFacts, kind: AnyOperationKind, name: string): HubError {
  const { category, source, outcome } = attempt;
  if (category === 'timeout' || outcome.status === 504)
    return new HubError('UpstreamTimeout', `${name} did not respond in time.`, facts);
  if (category === 'busy') {
    const isOwnShare = 'isClientShare' in outcome && outcome.isClientShare === true;
    const text = isOwnShare
      ? `${messageOf(attempt, kind)} The source is ${source.name}.`
      : `${name} could not be used. ${messageOf(attempt, kind)}. Try again.`;
    const code = isOwnShare ? 'RateLimited' : 'UpstreamUnavailable';
    return new HubError(code, text, { ...facts, retryAfter: retryAfterOf(attempt) });
  }
  if (category === 'unavailable' || outcome.status === 503)
    return new HubError('UpstreamUnavailable', `${name} is temporarily unavailable.`, {
      ...facts,
      retryAfter: retryAfterOf(attempt),
    });
  const message = messageOf(attempt, kind) ?? category;
  const isError = outcome.kind === 'reply' && (outcome.status >= 500 || errorOf(outcome) !== undefined);
  const isReported = isError && outcome.status >= 400 && attempt.problem === undefined;
  const problem = isReported ? `returned an error: ${message}` : `failed. ${message}`;
  return new HubError('UpstreamFailed', `${name} ${problem.replace(/\.$/, '')}.`, facts);
}

function messageOf({ outcome, problem }: Attempt, kind: AnyOperationKind): string | undefined {
  if (problem !== undefined) return problem;
  if (outcome.kind === 'failure') return outcome.message;
  const { status } = outcome;
  if (status < 400) return unexpectedReply(kind, status);
  return errorOf(outcome) ?? (status < 500 ? unexpectedReply(kind, status) : `HTTP ${status}`);
}

/** The message in an error of a hub. Error pages of a proxy have none. */
const errorOf = ({ headers, message }: Reply): string | undefined => headers['x-error-message'] ?? message;

/** In whole seconds, since clients do not support dates (contract B.5). One second if the source did not report a time. */
function retryAfterOf({ outcome }: Attempt): number {
  if (outcome.kind === 'failure') return outcome.retryAfter ?? 1;
  return Number.parseInt(outcome.headers['retry-after'] ?? '', 10) || 1;
}
