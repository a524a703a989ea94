/** One way to read a URL's tail: so much of it is the revision, the rest a path. */
export interface RevisionCandidate {
  readonly revision: string;
  /** Decoded path segments after the revision. */
  readonly path: readonly string[];
}

/**
 * Every way to read "revision, then path" when the revision may hold raw slashes, the longest revision first; a store takes the
 * first that it knows as a ref. An encoded revision comes as one segment and reads the same way. An empty tail means `HEAD`.
 */
export function revisionCandidates(rest: readonly string[]): RevisionCandidate[] {
  if (rest.length === 0) return [{ revision: 'HEAD', path: [] }];
  return rest
    .map((_, index) => ({ revision: rest.slice(0, index + 1).join('/'), path: pathSegments(rest.slice(index + 1)) }))
    .reverse();
}

/** A folder may come encoded into one segment (`sub%2Fdir`), and with a slash at its end. */
const pathSegments = (rest: readonly string[]): string[] =>
  rest.flatMap((segment) => segment.split('/')).filter((segment) => segment !== '');

/** Shortest prefix of a commit id that clients use. */
const COMMIT_ID = /^[0-9a-f]{5,40}$/;

/** The (beginning of a) commit id that a revision may be, in lower case. */
export function commitIdPrefix(revision: string): string | undefined {
  const lower = revision.toLowerCase();
  return COMMIT_ID.test(lower) ? lower : undefined;
}
