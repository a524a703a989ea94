import { isCommitId } from '../../domain/commit-id.js';
import type { Attempt } from '../../domain/attempt.js';
import { isOnRepo, type AnyOperation, type Operation } from '../../domain/operation.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { keptRepository, type AnswerContent, type AnswerSlot } from '../cache/kept-answers.service.js';
import { atCommit, keptRequest } from './kept-requests.js';
import { operationKey } from './fallback-request.js';
import { commitOfReply, keptHeaders, keptReply } from './immutable-replies.js';

/** Where the reply to an operation is kept. */
export const slotOf = (source: Source, operation: AnyOperation): AnswerSlot =>
  isOnRepo(operation)
    ? { source, repository: keptRepository(operation.repo), name: `${idOf(operation.repo)} ${operationKey(operation)}` }
    : { source, name: operationKey(operation) };

/** Where the commit of a branch or tag is kept. */
export const revisionSlot = (source: Source, { repo }: Operation, revision: string): AnswerSlot => ({
  source,
  repository: keptRepository(repo),
  name: `${idOf(repo)} revision ${revision}`,
});

/** Where the time of the last successful request about a repository is kept. */
export const accessSlot = (source: Source, { repo }: Operation): AnswerSlot => ({
  source,
  repository: keptRepository(repo),
  name: `${idOf(repo)} access`,
});

/** Ids are case-sensitive at sources. */
const idOf = (repo: RepoId): string => repoFullName(repo);

/** The content of an attempt that is stored, with its slots. Empty if none is. */
export function keptContents(
  source: Source,
  operation: AnyOperation,
  attempt: Attempt,
): readonly (readonly [AnswerSlot, AnswerContent])[] {
  const kept = keptRequest(operation);
  if (!kept) return [];
  if (!isOnRepo(operation)) return contentsOfHub(source, operation, attempt);
  const reply = keptReply(attempt);
  if (!reply) return [];
  const replies = [reply];
  const named = commitOfReply(reply);
  if (kept.by === 'commit') {
    const commit = named ?? (attempt.verdict === 'serve' ? kept.commit : undefined);
    return commit === kept.commit ? [[slotOf(source, kept.operation), { commit, replies }]] : [];
  }
  const commit = isCommitId(named) ? named : undefined;
  if (kept.by === 'revision') {
    if (commit === undefined) return [];
    return [
      [slotOf(source, atCommit(kept.operation, commit)), { commit, replies }],
      [revisionSlot(source, operation, kept.revision), { commit }],
    ];
  }
  if (attempt.verdict !== 'serve') return [];
  const own = [slotOf(source, operation), { commit, replies }] as const;
  if (kept.revision === undefined) return [own];
  return commit === undefined ? [] : [own, [revisionSlot(source, operation, kept.revision), { commit }]];
}

function contentsOfHub(
  source: Source,
  operation: AnyOperation,
  { verdict, replies }: Attempt,
): readonly (readonly [AnswerSlot, AnswerContent])[] {
  if (verdict !== 'serve' || !replies || replies.some(({ isLarge }) => isLarge)) return [];
  const plain = replies.map(({ status, headers, json }) => ({
    kind: 'reply' as const,
    status,
    headers: keptHeaders(headers),
    json,
  }));
  return [[slotOf(source, operation), { replies: plain }]];
}
