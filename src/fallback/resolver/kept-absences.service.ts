import { Injectable } from '@nestjs/common';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { KeptAnswers, type KeptAnswer } from '../cache/kept-answers.service.js';
import { entryNotFoundReply, isUnlisted, requestedEntry } from './missing-entries.js';
import { infoRequests } from './kept-requests.js';
import { slotOf } from './kept-slots.js';

/** Finds files and folders that a commit does not have, with kept information about its repository. */
@Injectable()
export class KeptAbsences {
  constructor(private readonly kept: KeptAnswers) {}

  /** "Entry not found", if a kept list of files shows it. */
  async find(source: Source, operation: AnyOperation): Promise<KeptAnswer | undefined> {
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
}
