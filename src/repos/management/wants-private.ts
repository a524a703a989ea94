import { HubError } from '../../domain/hub-error.js';

/** Both ways in which clients say who may see a repository: `private` until about 1.10 of `huggingface_hub`, `visibility` since. */
export interface RequestedVisibility {
  readonly private?: boolean | null;
  readonly visibility?: 'public' | 'private' | 'protected' | null;
}

/**
 * Shall the repository be private? Undefined when nothing is said of it.
 * @throws HubError `BadRequest` when the two contradict each other, and for `protected`, which this hub does not have
 */
export function wantsPrivate({ private: flag, visibility }: RequestedVisibility): boolean | undefined {
  if (visibility === 'protected')
    throw new HubError('BadRequest', 'This hub has no protected repositories: visibility is "public" or "private"');
  if (!visibility) return flag ?? undefined;
  const isPrivate = visibility === 'private';
  if (flag === undefined || flag === null || flag === isPrivate) return isPrivate;
  throw new HubError('BadRequest', `"private": ${flag} contradicts "visibility": "${visibility}"; send one of them`);
}
