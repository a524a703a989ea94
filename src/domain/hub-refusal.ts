import { isOnAccount, isOnFeature, isOnRepo, type AnyOperation } from './operation.js';
import type { Reply } from './upstream.js';

/** The text of the status itself, which web servers and frameworks send for every path they do not have. */
const STATUS_TEXT = /^(404\b[\s:-]*)?((page|path|route|resource|url) )?not[ _-]?found[.!]?$/i;

/** Text of a reverse proxy or web server, such as "default backend - 404". Hubs send JSON, or state in a header what is missing. */
export const isPlainPage = ({ headers }: Reply): boolean =>
  (headers['content-type'] ?? '').startsWith('text/') &&
  headers['x-error-code'] === undefined &&
  headers['x-error-message'] === undefined;

/**
 * Whether a 404 or 410 is the reply of a hub, which reports what is missing. Empty replies, and replies of gateways, storages and web frameworks, report
 * nothing about repositories: they are also sent when an address or a route is wrong.
 */
export function reportsWhatIsMissing(operation: AnyOperation, reply: Reply): boolean {
  const { headers, message = '', messageField } = reply;
  if (headers['x-error-code'] !== undefined || headers['x-error-message'] !== undefined) return true;
  if (messageField === 'error') return !STATUS_TEXT.test(message);
  return messageField === 'detail' && isKohakuHubDetail(operation, message);
}

/**
 * KohakuHub sends `{"detail": "User not found"}` without headers for accounts. It has neither these features nor names without a namespace, and
 * sends `{"detail": "Not Found"}` for them.
 */
const isKohakuHubDetail = (operation: AnyOperation, message: string): boolean =>
  isOnFeature(operation.kind) ||
  operation.kind === 'accountList' ||
  (isOnRepo(operation) && operation.repo.namespace === '') ||
  ((isOnAccount(operation) || operation.kind === 'userRepos') && !STATUS_TEXT.test(message));
