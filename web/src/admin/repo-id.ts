import type { RepoName, RepoType } from '@/api/repositories';

const SEGMENT = /^\w[\w.-]{0,95}$/;

/** What is wrong with an id as typed, if anything. */
export function repoIdError(id: string): string | undefined {
  const segments = id.split('/');
  if (id !== '' && segments.length <= 2 && segments.every((segment) => SEGMENT.test(segment))) return undefined;
  return id === '' ? 'is missing' : 'must be like openai-community/gpt2 or gpt2';
}

/** The parts of an id of one or two segments. */
export function parseRepoId(type: RepoType, id: string): RepoName {
  const [first = '', second] = id.split('/');
  return second === undefined ? { type, namespace: '', name: first } : { type, namespace: first, name: second };
}
