import { isCommitId } from './commit-id.js';
import { filePathProblem } from './file-path-problem.js';
import { escapeInvisible } from './invisible-characters.js';
import { isOnRepo, type AnyOperation, type OperationKind } from './operation.js';
import { MASKED_HASH } from './masked-hash.js';
import { fieldsOf, type Fields } from './read-fields.js';
import { isRepoFullName } from './repo-id.js';
import type { Reply, ReplyHeaders } from './upstream.js';

/** The SHA-1 of a git object or the SHA-256 of a file. Clients name cached files after it. */
const isHash = isCommitId;
/** Clients name cached files after the ETag, without its quotes. */
const SAFE_ETAG = /^(?:W\/)?"?[\w.:+=-]{1,200}"?$/;
const MAX_QUOTED_LENGTH = 200;

type Steps = Generator<void, string | undefined>;
type Check = (json: unknown) => Steps;

/** Entries that are checked in one step. Takes about a millisecond. */
const STEP_LENGTH = 2_000;

/**
 * The reason, as a sentence, why clients must not receive a reply that has the right shape: it has names that clients use for files and
 * folders on their disks, and these lead elsewhere or are invalid. `undefined` if they may. In steps, between which other work can be done,
 * since a repository may have hundreds of thousands of files.
 *
 * @param reply - decoded, in the hub's format
 */
export function* contentProblemSteps(operation: AnyOperation, { headers, json }: Reply): Steps {
  if (!isOnRepo(operation)) return undefined;
  return operation.kind === 'resolve'
    ? (commitHeaderProblem(headers) ?? etagProblem(headers))
    : yield* CHECKS[operation.kind](json);
}

function resultOf(steps: Steps): string | undefined {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Entries of lists of the hub, such as repositories and members. Sources have pages for them, or a few thousand entries. */
const MAX_LISTED = 5_000;

/** The reason, as a sentence, why a list is too long to be merged with others. */
export function lengthProblem({ kind }: AnyOperation, json: unknown): string | undefined {
  if (!['list', 'userRepos', 'accountList', 'likers'].includes(kind)) return undefined;
  const lists = Array.isArray(json) ? [json] : Object.values(fieldsOf(json)).filter(Array.isArray);
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  if (longest <= MAX_LISTED) return undefined;
  return `Its reply was refused, because its list has ${longest} entries; at most ${MAX_LISTED} are accepted`;
}

/** Checks the commit that a reply about a file, or about a missing one, has. */
export const commitHeaderProblem = ({ 'x-repo-commit': commit }: ReplyHeaders): string | undefined =>
  commit === undefined || isCommitId(commit)
    ? undefined
    : refusal('X-Repo-Commit header', commit, 'is not a commit id');

function etagProblem(headers: ReplyHeaders): string | undefined {
  const etags = [headers['etag'], headers['x-linked-etag']];
  const etag = etags.find((value) => value !== undefined && (!SAFE_ETAG.test(value) || /\.\./.test(value)));
  return etag === undefined ? undefined : refusal('ETag', etag, 'is not a hash');
}

/** Whether an entry of a list can be relayed. */
export const isSafeEntry = (entry: Fields): boolean =>
  resultOf(siblingsProblem(entry['siblings'])) === undefined && (entry['sha'] == null || isCommitId(entry['sha']));

const CHECKS: Readonly<Record<OperationKind, Check>> = {
  resolve: nothing,
  info: infoProblem,
  revision: infoProblem,
  tree: (json) => filesProblem(json, pathProblem, { isSet: true }),
  pathsInfo: (json) => filesProblem(json, pathProblem, { isSet: false }),
  treesize: nothing,
  refs: (json) =>
    first(Object.values(fieldsOf(json)).filter(Array.isArray).flat(), ({ targetCommit }) =>
      commitProblem(targetCommit),
    ),
  commits: (json) => first(json, ({ id }) => commitProblem(id)),
  compare: nothing,
  discussions: nothing,
  likers: nothing,
};

function* nothing(): Steps {
  return undefined;
}

function* infoProblem(json: unknown): Steps {
  const { id, modelId, sha, siblings } = fieldsOf(json);
  const name = id ?? modelId;
  if (!isRepoFullName(name)) return refusal('repository id', name, 'is not valid');
  return commitProblem(sha) ?? (yield* siblingsProblem(siblings));
}

const siblingsProblem = (siblings: unknown): Steps => filesProblem(siblings, siblingProblem, { isSet: true });

type EntryCheck = (entry: Fields) => string | undefined;

const siblingProblem: EntryCheck = ({ blobId, lfs }) => hashProblem(blobId) ?? hashProblem(fieldsOf(lfs)['sha256']);

/** Clients cannot read a file without its size and hash. A value of the wrong type has been removed before. */
const pathProblem: EntryCheck = ({ path, type, size, oid, lfs, lastCommit }) => {
  if (type === 'file' && (size === undefined || oid === undefined))
    return refusal('file', path, 'has no valid size and hash');
  return hashProblem(oid) ?? hashProblem(fieldsOf(lfs)['oid']) ?? commitProblem(fieldsOf(lastCommit)['id']);
};

/** Checks the names and other values of files in one pass, because a repository may have 100,000 of them. */
function filesProblem(entries: unknown, check: EntryCheck, { isSet }: { readonly isSet: boolean }): Steps {
  const names = new Set<unknown>();
  return first(entries, (entry) => {
    const name = entry['path'] ?? entry['rfilename'];
    const problem = typeof name === 'string' ? filePathProblem(name) : undefined;
    if (problem !== undefined) return refusal('file', name, problem);
    if (isSet && names.size === names.add(name).size) return refusal('file', name, 'is listed twice');
    return check(entry);
  });
}

function* first(entries: unknown, check: EntryCheck): Steps {
  if (!Array.isArray(entries)) return undefined;
  for (const [n, entry] of entries.entries()) {
    const problem = check(fieldsOf(entry));
    if (problem !== undefined) return problem;
    if (n % STEP_LENGTH === STEP_LENGTH - 1) yield;
  }
  return undefined;
}

const commitProblem = (value: unknown): string | undefined =>
  value == null || isCommitId(value) ? undefined : refusal('commit id', value, 'is not valid');

const hashProblem = (value: unknown): string | undefined =>
  value == null || value === MASKED_HASH || isHash(value) ? undefined : refusal('hash', value, 'is not valid');

function refusal(what: string, value: unknown, problem: string): string {
  const text = JSON.stringify(value) ?? 'missing';
  return `Its reply was refused, because the ${what} ${escapeInvisible(text.slice(0, MAX_QUOTED_LENGTH))} ${problem}`;
}
