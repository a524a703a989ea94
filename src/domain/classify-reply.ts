import type { AttemptCategory, Classification } from './attempt.js';
import {
  isOnAccount,
  isOnFeature,
  isOnFile,
  isOnRepo,
  OPERATIONS,
  type AccountOperation,
  type AnyOperation,
} from './operation.js';
import { REPO_TYPES } from './repo-id.js';
import type { Failure, Outcome, Reply } from './upstream.js';
import { fieldsOf } from './read-fields.js';

/** Messages of huggingface.co that clients compare literally (contract B.1, rows 4 and 7). */
export const DISABLED_MESSAGE = 'Access to this resource is disabled.';
export const BAD_CREDENTIALS_MESSAGE = 'Invalid credentials in Authorization header';

/** Decides whether an outcome serves the request, is an error about a repository that the source has, or leads to the next source. */
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
  busy: 'busy',
  invalid: 'other',
};

const SERVE: Classification = { verdict: 'serve', category: 'ok', repoDenied: false };

const next = (category: AttemptCategory, facts: Partial<Classification> = {}): Classification => ({
  verdict: 'next',
  category,
  repoDenied: false,
  ...facts,
});

/** Captive portals also reply with status 200 or redirects, so a reply must look like that of a hub. */
function classifySuccess(operation: AnyOperation, reply: Reply): Classification {
  if (operation.kind === 'resolve') {
    if (reply.headers['x-repo-commit']) return SERVE;
    const isPage = (reply.headers['content-type'] ?? '').startsWith('text/html');
    return operation.raw && reply.status === 200 && !isPage ? SERVE : next('other');
  }
  if (reply.status >= 300) return next('other');
  return isExpected(operation, reply.json) ? SERVE : next('other');
}

const isObjectOrArray = (json: unknown, isArray: boolean): boolean =>
  typeof json === 'object' && json !== null && Array.isArray(json) === isArray;

function isExpected(operation: AnyOperation, json: unknown): boolean {
  if (isOnAccount(operation)) return isAccountReply(operation.kind, json);
  if (operation.kind === 'likers') return Array.isArray(json) || Array.isArray(fieldsOf(json)['likers']);
  if (isOnRepo(operation)) return isObjectOrArray(json, OPERATIONS[operation.kind].reply === 'array');
  if (operation.kind === 'list') return Array.isArray(json);
  return Array.isArray(json) || REPO_TYPES.some((type) => Array.isArray(fieldsOf(json)[`${type}s`]));
}

/** KohakuHub returns members in an object. */
function isAccountReply(kind: AccountOperation['kind'], json: unknown): boolean {
  const fields = fieldsOf(json);
  if (kind === 'accountList') return Array.isArray(json) || Array.isArray(fields['members']);
  return NAME_FIELDS.some((name) => typeof fields[name] === 'string');
}

const NAME_FIELDS = ['user', 'username', 'name', 'fullname', 'full_name'];

/** Whether a server in front of the source asks for a user and password. It knows nothing about repositories. */
export const isBasicChallenge = ({ status, headers }: Reply): boolean =>
  status === 401 && /^\s*Basic\b/i.test(headers['www-authenticate'] ?? '');

function classifyRefusal(operation: AnyOperation, reply: Reply): Classification {
  const errorCode = reply.headers['x-error-code'];
  const message = reply.headers['x-error-message'] ?? reply.message;
  if (isOnRepo(operation) && (errorCode === 'EntryNotFound' || errorCode === 'RevisionNotFound'))
    return { verdict: 'propagate', category: 'not-found', errorCode, repoDenied: false };
  if (errorCode === 'GatedRepo') return next('auth', { errorCode });
  if (errorCode === 'RepoNotFound') return next('not-found', { errorCode, repoDenied: true });
  if (message === DISABLED_MESSAGE) return next('disabled');
  if (operation.kind === 'resolve' && (reply.status === 416 || reply.status === 412)) return SERVE;
  return isBasicChallenge(reply) ? next('other') : classifyBareStatus(operation, reply.status, message);
}

function classifyBareStatus(operation: AnyOperation, status: number, message: string | undefined): Classification {
  switch (status) {
    case 401: // huggingface.co sends this to anonymous callers for missing and for private repositories
      return message === BAD_CREDENTIALS_MESSAGE ? next('other') : next('not-found', { repoDenied: true });
    case 403:
      return next('forbidden');
    case 404:
    case 410:
      return next('not-found', { repoDenied: !isOnFile(operation.kind) && !isOnFeature(operation.kind) });
    case 429:
      return next('rate-limited');
    default:
      return next(status >= 500 ? 'server' : 'other');
  }
}
