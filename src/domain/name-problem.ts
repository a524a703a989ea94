import { VERBS } from './parse-repo-path.js';

const MAX_NAME_LENGTH = 96;

/** First path segments of pages and APIs. An account with such a name would have no page. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'admin',
  'api',
  'avatars',
  'assets',
  'collections',
  'datasets',
  'device',
  'docs',
  'docs-json',
  'favicon.ico',
  'health',
  'invitations',
  'docs-yaml',
  'join',
  'kernels',
  'lfs',
  'login',
  'logout',
  'metrics',
  'models',
  'new',
  'oauth',
  'org',
  'organizations',
  'register',
  'robots.txt',
  'search',
  'settings',
  'setup',
  'spaces',
  'static',
  'users',
  'v2',
  'well-known',
  'xet',
]);

/**
 * Names that users could mistake for the operator of the hub, or that programs and texts use for something else. Without punctuation.
 */
const OPERATOR_NAMES: ReadonlySet<string> = new Set(
  [
    // Mailboxes of RFC 2142, and others that organizations have.
    'abuse billing contact donotreply email ftp help helpdesk hostmaster info legal mail mailerdaemon marketing newsletter',
    'itsupport mis noc noreply postmaster press sales security service ssl support usenet uucp webmaster www',
    // Accounts and roles of computers and hubs.
    'anonymous autoconfig autodiscover daemon hubfall isatap kohakuhub localhost moderator moderators official operator',
    'operators ops owner owners root staff superuser sysadmin system team wpad',
    // Placeholders of programs and texts.
    'deleted everyone false ghost me myself nan nil nobody none null self true undefined unknown yourname yourusername',
    // Paths of this and other hubs.
    'about account accounts dashboard explore invite notifications password pricing privacy profile signin signout signup sitemap',
    'sso status subscriptions terms termsofservice trending verify whoami',
  ].flatMap((names) => names.split(' ')),
);

/** Words that are added to such names: `support-team`, `security-bot`, `hubfall-admin`. */
const ADDITION =
  /(?:team|staff|bot|desk|admins?|administrators?|support|ops|webmaster|account|official|hub|center|centre)$/;

/** The error in a repository name, as a sentence; undefined if it is valid. The rules are those of `huggingface_hub`. */
export function repoNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'Use only letters, digits, "-", "_" and "."';
  if (name.length > MAX_NAME_LENGTH) return `Use at most ${MAX_NAME_LENGTH} characters`;
  if (/--|\.\./.test(name)) return 'Must not contain "--" or ".."';
  if (/^[-.]|[-.]$/.test(name)) return 'Must not begin or end with "-" or "."';
  if (/\.git$/i.test(name)) return 'Must not end with ".git"';
  return VERBS.has(name.toLowerCase()) ? 'Reserved for URLs of the hub. Choose another name' : undefined;
}

/** The error in the name of a user or organization, as a sentence; undefined if it is valid. */
export const accountNameProblem = (name: string): string | undefined =>
  repoNameProblem(name) ??
  (RESERVED_NAMES.has(name.toLowerCase()) ? 'Reserved for the hub. Choose another name' : undefined);

/** The error in an account name that a user has chosen. Only administrators can create accounts with names of the operator. */
export const chosenAccountNameProblem = (name: string): string | undefined =>
  accountNameProblem(name) ??
  (isOperatorName(name)
    ? 'Reserved for the operator of the hub. Only an administrator can create this account'
    : undefined);

/** Punctuation is ignored, because `no-reply` and `hub.fall` are as misleading. */
function isOperatorName(name: string): boolean {
  const letters = name.toLowerCase().replaceAll(/[-_.]/g, '');
  return (
    letters.startsWith('admin') || [letters, letters.replace(ADDITION, '')].some((part) => OPERATOR_NAMES.has(part))
  );
}
