import { signatureName, type CommitMessage } from '../../hub/rules/commit-message.js';
import { encodeCommit, objectId } from '../../hub/rules/git-objects.js';
import type { CommitEntity } from './commit.entity.js';
import type { Author } from './commit-input.js';

/** Everything that makes a commit what it is. */
export interface CommitDraft {
  readonly repositoryId: number;
  readonly parent: CommitEntity | undefined;
  readonly treeOid: string;
  readonly message: CommitMessage;
  readonly author: Author;
  readonly at: Date;
}

/** A commit as it is stored, with the id that git would give it. */
export function composeCommit({ repositoryId, parent, treeOid, message, author, at }: CommitDraft): CommitEntity {
  const name = signatureName(author.name) || 'unknown';
  const email = signatureName(author.email ?? `${name}@users.noreply.invalid`);
  const createdAt = new Date(Math.floor(at.getTime() / 1000) * 1000);
  const content = { treeOid, parentOid: parent?.oid, author: { name, email, at: createdAt }, ...message };
  return {
    repositoryId,
    oid: objectId('commit', encodeCommit(content)),
    treeOid,
    parentOid: parent?.oid ?? null,
    generation: (parent?.generation ?? 0) + 1,
    authorName: name,
    authorEmail: email,
    createdAt,
    ...message,
  };
}
