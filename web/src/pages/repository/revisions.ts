/** Whether the revision is a full commit id. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** Shortens commit ids; branch and tag names are returned as they are. */
export const shortId = (revision: string): string => (isCommit(revision) ? revision.slice(0, 8) : revision);
