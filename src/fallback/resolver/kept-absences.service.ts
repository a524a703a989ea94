import { Injectable } from '@nestjs/common';
import { isOnAccount, type AccountOperation, type AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply } from '../../domain/upstream.js';
import { KeptAnswers, type KeptAnswer } from '../cache/kept-answers.service.js';
import { operationKey } from './fallback-request.js';
import { entryNotFoundReply, isUnlisted, requestedEntry } from './missing-entries.js';
import { membersOf } from './members-of.js';
import { infoRequests } from './kept-requests.js';
import { slotOf } from './kept-slots.js';

/** Finds what a source does not have, with kept replies to other requests. */
@Injectable()
export class KeptAbsences {
  constructor(private readonly kept: KeptAnswers) {}

  /**
   * "Not found", if a kept list of files, or another kind of account with this name, shows it.
   * @param isUsable - whether a reply about something that may change is not too old
   */
  async find(
    source: Source,
    operation: AnyOperation,
    isUsable: (answer: KeptAnswer) => boolean,
  ): Promise<KeptAnswer | undefined> {
    if (isOnAccount(operation)) return this.account(source, operation, isUsable);
    const entry = requestedEntry(operation);
    if (!entry) return undefined;
    const { repo, commit } = entry;
    for (const info of infoRequests(repo, commit)) {
      const answer = await this.kept.get(slotOf(source, info));
      if (answer?.commit === commit && isUnlisted(entry, answer.replies?.[0]?.json))
        return { ...answer, replies: [entryNotFoundReply(commit)] };
    }
    return undefined;
  }

  /** The requests with which an account is looked up. A name is that of a user or that of an organization. */
  private async account(
    source: Source,
    operation: AccountOperation,
    isUsable: (answer: KeptAnswer) => boolean,
  ): Promise<KeptAnswer | undefined> {
    for (const other of lookupsOfOtherKind(operation)) {
      const answer = await this.kept.get(slotOf(source, other));
      if (answer?.replies && isUsable(answer)) return { ...answer, replies: [ACCOUNT_NOT_FOUND] };
    }
    return undefined;
  }
}

function lookupsOfOtherKind(operation: AccountOperation): readonly AccountOperation[] {
  const { name } = operation;
  if (operation.kind === 'userProfile') return [{ kind: 'organizationProfile', name }, membersOf(name)];
  const isLookup =
    operation.kind === 'organizationProfile' || operationKey(operation) === operationKey(membersOf(name));
  return isLookup ? [{ kind: 'userProfile', name }] : [];
}

const ACCOUNT_NOT_FOUND: Reply = {
  kind: 'reply',
  status: 404,
  headers: { 'x-error-message': 'This account does not exist' },
};
