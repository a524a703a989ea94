/** Is it a commit's whole id? */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** A commit's id as people write it; names stay whole. */
export const shortId = (revision: string): string => (isCommit(revision) ? revision.slice(0, 8) : revision);
