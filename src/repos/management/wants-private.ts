import { HubError } from '../../domain/hub-error.js';

/**
 * The two fields in which clients send the visibility: `private` until about version 1.10 of `huggingface_hub`, `visibility` since then.
 */
export interface RequestedVisibility {
  readonly private?: boolean | null;
  readonly visibility?: 'public' | 'private' | 'protected' | null;
}

/**
 * Whether the repository should be private; `undefined` if neither field is set.
 *
 * @throws HubError `BadRequest` if the two fields contradict each other, `NotImplemented` for `protected`
 */
export function wantsPrivate({ private: flag, visibility }: RequestedVisibility): boolean | undefined {
  if (visibility === 'protected') {
    const message =
      'This hub does not support protected repositories. Set "visibility" to "public" or "private" instead.';
    throw new HubError('NotImplemented', message, { fields: [{ field: 'visibility', message }] });
  }
  if (!visibility) return flag ?? undefined;
  const isPrivate = visibility === 'private';
  if (flag === undefined || flag === null || flag === isPrivate) return isPrivate;
  const message = `"private": ${flag} contradicts "visibility": "${visibility}". Send only one of them.`;
  throw new HubError('BadRequest', message, { fields: [{ field: 'private', message }] });
}
