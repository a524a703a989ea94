import type { AttemptCategory, Classification } from './attempt.js';
import { isOnAccount, isOnFile, isOnRepo, OPERATIONS, type AccountOperation, type AnyOperation } from './operation.js';
import { REPO_TYPES } from './repo-id.js';
import type { Failure, Outcome, Reply } from './upstream.js';
import { fieldsOf } from './read-fields.js';

/** huggingface.co's own words; clients compare them to the letter (contract B.1, rows 4 and 7). */
export const DISABLED_MESSAGE = 'Access to this resource is disabled.';
export const BAD_CREDENTIALS_MESSAGE = 'Invalid credentials in Authorization header';

/** Reads a source's outcome: does it serve, does it speak for a repository that it has, or is the next one to be asked? */
export function classifyReply(operation: AnyOperation, outcome: Outcome): Classification {
  if (outcome.kind === 'failure') return next(FAILED_AS[outcome.category]);
  if (outcome.status < 400) return classifySuccess(operation, outcome);
  return classifyRefusal(operation, outcome);
}

const FAILED_AS: Readonly<Record<Failure['category'], AttemptCategory>> = {
  timeout: 'timeout',
  network: 'network',
  refused: 'network',
  aborted: 'network',
  unavailable: 'unavailable',
  'rate-limited': 'rate-limited',
  invalid: 'other',
};

const SERVE: Classification = { verdict: 'serve', category: 'ok', repoDenied: false };

const next = (category: AttemptCategory, facts: Partial<Classification> = {}): Classification => ({
  verdict: 'next',
  category,
  repoDenied: false,
  ...facts,
});

/** A captive portal answers 200 or redirects to its own page as well: an answer must look like the hub's to count as one. */
function classifySuccess(operation: AnyOperation, reply: Reply): Classification {
  if (operation.kind === 'resolve') {
    if (reply.headers['x-repo-commit']) return SERVE;
    const page = (reply.headers['content-type'] ?? '').startsWith('text/html');
    return operation.raw && reply.status === 200 && !page ? SERVE : next('other');
  }
  if (reply.status >= 300) return next('other');
  return isDue(operation, reply.json) ? SERVE : next('other');
}

const isShapedAs = (json: unknown, array: boolean): boolean =>
  typeof json === 'object' && json !== null && Array.isArray(json) === array;

function isDue(operation: AnyOperation, json: unknown): boolean {
  if (isOnAccount(operation)) return isOfAnAccount(operation.kind, json);
  if (isOnRepo(operation)) return isShapedAs(json, OPERATIONS[operation.kind].reply === 'array');
  if (operation.kind === 'list') return Array.isArray(json);
  return Array.isArray(json) || REPO_TYPES.some((type) => Array.isArray(fieldsOf(json)[`${type}s`]));
}

/** KohakuHub wraps its members up. */
function isOfAnAccount(kind: AccountOperation['kind'], json: unknown): boolean {
  const fields = fieldsOf(json);
  if (kind === 'accountList') return Array.isArray(json) || Array.isArray(fields['members']);
  return NAMES.some((name) => typeof fields[name] === 'string');
}

const NAMES = ['user', 'username', 'name', 'fullname', 'full_name'];

function classifyRefusal(operation: AnyOperation, reply: Reply): Classification {
  const errorCode = reply.headers['x-error-code'];
  const message = reply.headers['x-error-message'] ?? reply.message;
  if (isOnRepo(operation) && (errorCode === 'EntryNotFound' || errorCode === 'RevisionNotFound'))
    return { verdict: 'propagate', category: 'not-found', errorCode, repoDenied: false };
  if (errorCode === 'GatedRepo') return next('auth', { errorCode });
  if (errorCode === 'RepoNotFound') return next('not-found', { errorCode, repoDenied: true });
  if (message === DISABLED_MESSAGE) return next('disabled');
  if (operation.kind === 'resolve' && (reply.status === 416 || reply.status === 412)) return SERVE;
  return classifyBareStatus(operation, reply.status, message);
}

function classifyBareStatus(operation: AnyOperation, status: number, message: string | undefined): Classification {
  switch (status) {
    case 401: // huggingface.co's answer to anonymous callers for a missing and for a private repository alike
      return message === BAD_CREDENTIALS_MESSAGE ? next('other') : next('not-found', { repoDenied: true });
    case 403:
      return next('forbidden');
    case 404:
    case 410:
      return next('not-found', { repoDenied: !isOnFile(operation.kind) });
    case 429:
      return next('rate-limited');
    default:
      return next(status >= 500 ? 'server' : 'other');
  }
}
