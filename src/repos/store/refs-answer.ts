import type { RefEntry, RefsAnswer } from './wire/refs.js';
import { shortRefName } from './ref-names.js';

interface StoredRef {
  readonly name: string;
  readonly commitOid: string;
}

/** Refs by kind, as clients list them; pull requests where they were asked for. */
export function refsAnswer(refs: readonly StoredRef[], withPullRequests: boolean): RefsAnswer {
  const under = (prefix: string): RefEntry[] =>
    refs
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, commitOid }) => ({ name: shortRefName(name), ref: name, targetCommit: commitOid }));
  return {
    branches: under('refs/heads/'),
    converts: under('refs/convert/'),
    tags: under('refs/tags/'),
    ...(withPullRequests && { pullRequests: under('refs/pr/') }),
  };
}
