import { commitMessage, signatureName, type CommitMessage } from './commit-message.js';
import { encodeCommit, objectId } from './git-objects.js';
import type { CommitEntity } from './commit.entity.js';
import type { Author, CommitInput } from './commit-input.js';

/** All inputs of a commit's id. */
export interface CommitDraft {
  readonly repositoryId: number;
  readonly parent: CommitEntity | undefined;
  readonly treeOid: string;
  readonly message: CommitMessage;
  readonly author: Author;
  readonly at: Date;
}

/** Builds the commit row, with the id that git computes for it. */
export function composeCommit({ repositoryId, parent, treeOid, message, author, at }: CommitDraft): CommitEntity {
  const { name, email } = signature(author);
  const createdAt = new Date(Math.floor(at.getTime() / 1000) * 1000);
  const content = { treeOid, parentOid: parent?.oid, author: { name, email, at: createdAt }, ...message };
  const oid = objectId('commit', encodeCommit(content));
  return {
    repositoryId,
    oid,
    line: parent?.line ?? oid,
    treeOid,
    parentOid: parent?.oid ?? null,
    generation: (parent?.generation ?? 0) + 1,
    authorName: name,
    authorEmail: email,
    createdAt,
    ...message,
  };
}

/** Whether the commit has this author and message. */
export function hasSameMessage(
  commit: CommitEntity,
  { author, summary, description }: Pick<CommitInput, 'author' | 'summary' | 'description'>,
): boolean {
  const { name, email } = signature(author);
  const message = commitMessage(summary, description);
  return (
    commit.authorName === name &&
    commit.authorEmail === email &&
    commit.title === message.title &&
    commit.description === message.description
  );
}

/** The name and email address of an author in git objects. */
export function signature(author: Author): { name: string; email: string } {
  const name = signatureName(author.name) || 'unknown';
  return { name, email: signatureName(author.email ?? `${name}@users.noreply.invalid`) };
}
