import type { RepoName, RepoType } from '@/api/repositories';

const SEGMENT = /^\w[\w.-]{0,95}$/;

/**
 * Validates a repository ID.
 *
 * @returns an error message, or undefined if the ID is valid
 */
export function repoIdError(id: string): string | undefined {
  const segments = id.split('/');
  if (id !== '' && segments.length <= 2 && segments.every((segment) => SEGMENT.test(segment))) return undefined;
  return id === '' ? 'Required' : 'Enter an ID such as openai-community/gpt2 or gpt2';
}

/** Splits an ID of one or two segments. */
export function parseRepoId(type: RepoType, id: string): RepoName {
  const [first = '', second] = id.split('/');
  return second === undefined ? { type, namespace: '', name: first } : { type, namespace: first, name: second };
}
