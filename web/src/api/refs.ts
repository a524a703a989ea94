import { fetchApi } from './client';
import { apiUrl } from './repo-urls';
import type { RepoName } from './repositories';

export type RefKind = 'branch' | 'tag';

/** A branch or tag to create. */
export interface NewRef {
  readonly kind: RefKind;
  readonly name: string;
  /** Branch, tag or commit that it starts from or names. */
  readonly revision: string;
  /** Message of an annotated tag; empty for a lightweight one. */
  readonly message: string;
}

const refUrl = (repo: RepoName, kind: RefKind, revision: string): string =>
  `${apiUrl(repo)}/${kind}/${encodeURIComponent(revision)}`;

/**
 * Creates a branch or tag.
 * @throws ApiError 409 if it exists
 */
export async function createRef(repo: RepoName, { kind, name, revision, message }: NewRef): Promise<void> {
  const url = refUrl(repo, kind, kind === 'branch' ? name : revision);
  const body = kind === 'branch' ? { startingPoint: revision } : { tag: name, message: message || undefined };
  await fetchApi(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export const deleteRef = (repo: RepoName, kind: RefKind, name: string): Promise<Response> =>
  fetchApi(refUrl(repo, kind, name), { method: 'DELETE' });
