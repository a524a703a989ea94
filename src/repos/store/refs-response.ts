import type { RefEntry, RefsResponse } from './wire/refs.js';
import { shortRefName } from './ref-names.js';

interface StoredRef {
  readonly name: string;
  readonly commitOid: string;
}

/** Groups refs by kind, as clients expect them. Pull request refs are only included on request. */
export function refsResponse(refs: readonly StoredRef[], withPullRequests: boolean): RefsResponse {
  const withPrefix = (prefix: string): RefEntry[] =>
    refs
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, commitOid }) => ({ name: shortRefName(name), ref: name, targetCommit: commitOid }));
  return {
    branches: withPrefix('refs/heads/'),
    converts: withPrefix('refs/convert/'),
    tags: withPrefix('refs/tags/'),
    ...(withPullRequests && { pullRequests: withPrefix('refs/pr/') }),
  };
}
