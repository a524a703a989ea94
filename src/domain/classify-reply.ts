import type { AttemptCategory, Classification } from './attempt.js';
import {
  isOnAccount,
  isOnFeature,
  isOnFile,
  isOnRepo,
  OPERATIONS,
  type AccountOperation,
  type AnyOperation,
  type ReplyShape,
} from './operation.js';
import { isPlainPage, reportsWhatIsMissing } from './hub-refusal.js';
import { REPO_TYPES } from './repo-id.js';
import type { Failure, Outcome, Reply } from './upstream.js';
import { fieldsOf } from './read-fields.js';

/** Messages of huggingface.co that clients compare literally (contract B.1, rows 4 and 7). */
export const DISABLED_MESSAGE = 'Access to this resource is disabled.';
export const BAD_CREDENTIALS_MESSAGE = 'Invalid credentials in Authorization header';
/** Sent with status 401 to anonymous callers, for missing and for private repositories (contract D.10). */
const SIGN_IN_MESSAGE = 'Invalid username or password.';

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
  'credentials-unreadable': 'credentials-unreadable',
  offline: 'offline',
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

/** Proxies and sign-in services also reply with JSON, such as `{"error": "Sign in first"}`, which must not count as a repository. */
function isExpected(operation: AnyOperation, json: unknown): boolean {
  if (isOnAccount(operation)) return isAccountReply(operation.kind, json);
  if (isOnRepo(operation)) return HAS_SHAPE[OPERATIONS[operation.kind].reply](json);
  if (operation.kind === 'tags') return Object.values(fieldsOf(json)).some(isListOfObjects);
  if (operation.kind === 'list') return isListOfObjects(json);
  return isListOfObjects(json) || REPO_TYPES.some((type) => isListOfObjects(fieldsOf(json)[`${type}s`]));
}

/** Limits the time that a long list of other values takes. */
const MAX_CHECKED_ITEMS = 10_000;

/** Lists may be empty. Single malformed items are left out later. */
const isListOfObjects = (json: unknown): boolean =>
  Array.isArray(json) &&
  (json.length === 0 ||
    json.slice(0, MAX_CHECKED_ITEMS).some((item) => typeof item === 'object' && item !== null && !Array.isArray(item)));

/** Whether JSON has the expected shape. A list of discussions has `discussions`, a single one has `num`. */
const HAS_SHAPE: Readonly<Record<ReplyShape, (json: unknown) => boolean>> = {
  bytes: () => true,
  text: (text) => typeof text === 'string',
  repository: (json) => typeof (fieldsOf(json)['id'] ?? fieldsOf(json)['modelId']) === 'string',
  list: isListOfObjects,
  size: (json) => typeof fieldsOf(json)['size'] === 'number',
  refs: (json) => Array.isArray(fieldsOf(json)['branches']),
  discussions: (json) => isListOfObjects(fieldsOf(json)['discussions']) || typeof fieldsOf(json)['num'] === 'number',
  likers: (json) => isListOfObjects(json) || isListOfObjects(fieldsOf(json)['likers']),
};

/** KohakuHub returns members in an object. */
function isAccountReply(kind: AccountOperation['kind'], json: unknown): boolean {
  const fields = fieldsOf(json);
  if (kind === 'accountList') return isListOfObjects(json) || isListOfObjects(fields['members']);
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
  const isMissing = reply.status === 404 || reply.status === 410;
  if (isBasicChallenge(reply) || (isMissing && isPlainPage(reply))) return next('other');
  const classification = classifyBareStatus(operation, reply.status, message);
  return isMissing && !reportsWhatIsMissing(operation, reply)
    ? { ...classification, mayBeOfGateway: true }
    : classification;
}

function classifyBareStatus(operation: AnyOperation, status: number, message: string | undefined): Classification {
  switch (status) {
    case 401: // any other message is that of a source which requires credentials for everything
      return message === SIGN_IN_MESSAGE ? next('not-found', { repoDenied: true }) : next('other');
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
