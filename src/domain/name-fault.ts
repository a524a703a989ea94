import { VERBS } from './parse-repo-path.js';

const LONGEST = 96;

/** First segments of the hub's own pages and interfaces: an account of that name could not be reached. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['admin', 'api', 'avatars', 'assets', 'collections', 'datasets', 'docs', 'docs-json', 'favicon.ico', 'health'],
  ...['docs-yaml', 'join', 'kernels', 'lfs', 'login', 'logout', 'metrics', 'models', 'new', 'oauth', 'org'],
  ...['organizations', 'register', 'robots.txt', 'search', 'settings', 'spaces', 'static', 'users', 'v2'],
  ...['well-known', 'xet'],
]);

/** What is wrong with a repository's name (the rules of `huggingface_hub`, which clients check too), if anything. */
export function repoNameFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'may hold letters, digits, "-", "_" and "." only';
  if (name.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/--|\.\./.test(name)) return 'contains "--" or ".."';
  if (/^[-.]|[-.]$/.test(name)) return 'begins or ends with "-" or "."';
  if (/\.git$/i.test(name)) return 'ends with ".git"';
  return VERBS.has(name.toLowerCase()) ? 'is a word of the hub’s own URLs' : undefined;
}

/** What is wrong with the name of a user or organization, if anything. */
export const accountNameFault = (name: string): string | undefined =>
  repoNameFault(name) ?? (TAKEN.has(name.toLowerCase()) ? 'is taken by the hub itself' : undefined);
