/** A full commit id: a SHA-1 as in git, or a SHA-256 as in KohakuHub. */
const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether a value is a full commit id. Clients name folders after commits. */
export const isCommitId = (value: unknown): value is string => typeof value === 'string' && COMMIT_ID.test(value);
