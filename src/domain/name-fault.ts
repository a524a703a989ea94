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
  'docs',
  'docs-json',
  'favicon.ico',
  'health',
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
  'spaces',
  'static',
  'users',
  'v2',
  'well-known',
  'xet',
]);

/** The error in a repository name, as a sentence; undefined if it is valid. The rules are those of `huggingface_hub`. */
export function repoNameFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'Use only letters, digits, "-", "_" and "."';
  if (name.length > MAX_NAME_LENGTH) return `Use at most ${MAX_NAME_LENGTH} characters`;
  if (/--|\.\./.test(name)) return 'Must not contain "--" or ".."';
  if (/^[-.]|[-.]$/.test(name)) return 'Must not begin or end with "-" or "."';
  if (/\.git$/i.test(name)) return 'Must not end with ".git"';
  return VERBS.has(name.toLowerCase()) ? 'Reserved for URLs of the hub' : undefined;
}

/** The error in the name of a user or organization, as a sentence; undefined if it is valid. */
export const accountNameFault = (name: string): string | undefined =>
  repoNameFault(name) ?? (RESERVED_NAMES.has(name.toLowerCase()) ? 'Reserved for the hub' : undefined);
