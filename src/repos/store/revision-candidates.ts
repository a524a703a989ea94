/** One way to split the tail of a URL into a revision and a path. */
export interface RevisionCandidate {
  readonly revision: string;
  /** Decoded path segments after the revision. */
  readonly path: readonly string[];
}

/** Longer than any ref, with its prefix. */
const MAX_REF_LENGTH = 300;

/**
 * All ways to split "revision, then path" if the revision may contain raw slashes, longest revision first. The caller uses the first one
 * that is a ref, so splits after the maximum length of a ref are left out. A percent-encoded revision is a single segment and needs no special case. An empty tail means `HEAD`.
 */
export function revisionCandidates(rest: readonly string[]): RevisionCandidate[] {
  const [first = 'HEAD', ...others] = rest;
  const candidates = [{ revision: first, path: pathSegments(others) }];
  let revision = first;
  for (const [index, segment] of others.entries()) {
    revision += `/${segment}`;
    if (revision.length > MAX_REF_LENGTH) break;
    candidates.push({ revision, path: pathSegments(others.slice(index + 1)) });
  }
  return candidates.reverse();
}

/** A folder may be encoded as one segment (`sub%2Fdir`) and have a trailing slash. */
const pathSegments = (rest: readonly string[]): string[] =>
  rest.flatMap((segment) => segment.split('/')).filter((segment) => segment !== '');

/** A commit id or a prefix of one; five digits is the shortest that clients use. */
const COMMIT_ID = /^[0-9a-f]{5,40}$/;

/** The commit id or prefix that a revision may be, in lower case. */
export function commitIdPrefix(revision: string): string | undefined {
  const lower = revision.toLowerCase();
  return COMMIT_ID.test(lower) ? lower : undefined;
}
