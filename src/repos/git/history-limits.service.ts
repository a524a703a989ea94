import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { commonGeneration, PositionIndex, type HistorySpan } from '../store/client-history.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { CommitStore } from '../store/commit.store.js';
import { RefStore } from '../store/ref.store.js';
import { refsOfRevision } from '../store/ref-names.js';
import { limitsHistory, type UploadPackRequest } from './upload-pack-request.js';

/** Determines how many commits of each wanted history to send to a shallow clone. */
@Injectable()
export class HistoryLimitsService {
  constructor(
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
  ) {}

  /**
   * Returns the number of commits for each head, at least 1. The history of a head that is excluded itself ends with that head.
   *
   * @param shallow - commits at which the client's history ends
   * @throws HubError `BadRequest` if the request excludes a ref that does not exist, or all heads of a new clone
   */
  async limits(
    heads: readonly CommitEntity[],
    request: UploadPackRequest,
    shallow: readonly CommitEntity[],
  ): Promise<readonly number[]> {
    if (!limitsHistory(request)) return heads.map(({ generation }) => generation);
    const excluded = await this.excludedHistories(heads[0]?.repositoryId, request.excludedRefs);
    const ends = new PositionIndex(shallow);
    const limits: number[] = [];
    for (const head of heads) limits.push(await this.limit(head, request, { ends, excluded }));
    // A fetch into a shallow clone requests excluded tags separately, with the same limits.
    if (limits.length > 0 && request.shallow.length === 0 && limits.every((limit) => limit === 0))
      throw new HubError(
        'BadRequest',
        'No commit is selected. Choose an earlier date, or exclude another branch or tag.',
      );
    return limits.map((limit) => Math.max(limit, 1));
  }

  private async limit(
    head: CommitEntity,
    { depth, since, capabilities }: UploadPackRequest,
    { ends, excluded }: { ends: PositionIndex; excluded: readonly (readonly HistorySpan[])[] },
  ): Promise<number> {
    const isRelative = capabilities.has('deepen-relative');
    const ancestry = isRelative || excluded.length > 0 ? await this.commits.ancestry(head) : [];
    const start = isRelative ? head.generation - ends.newestIn(ancestry) + 1 : 0;
    const newestExcluded = Math.max(
      0,
      since ? await this.commits.newestBefore(head, since) : 0,
      ...excluded.map((spans) => commonGeneration(ancestry, spans)),
    );
    return Math.min(start + (depth ?? Infinity), head.generation - newestExcluded);
  }

  private async excludedHistories(
    repositoryId: number | undefined,
    names: readonly string[],
  ): Promise<(readonly HistorySpan[])[]> {
    if (repositoryId === undefined || names.length === 0) return [];
    const found = await this.refs.find(repositoryId, names.flatMap(refsOfRevision));
    const histories: (readonly HistorySpan[])[] = [];
    for (const name of names) {
      const oid = refsOfRevision(name)
        .map((ref) => found.get(ref))
        .find((value) => value !== undefined);
      const commit = oid === undefined ? undefined : await this.commits.find(repositoryId, oid);
      if (!commit) throw new HubError('BadRequest', `This repository has no branch or tag "${name}".`);
      histories.push(await this.commits.ancestry(commit));
    }
    return histories;
  }
}
