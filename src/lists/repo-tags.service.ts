import { Injectable } from '@nestjs/common';
import { chooseFailure } from '../domain/choose-failure.js';
import { mergeTags, type TagsByType, type TagsOperation } from '../domain/repo-tags.js';
import type { RequestContext } from '../fallback/resolver/fallback-request.js';
import { SourceFanOut } from '../fallback/resolver/source-fan-out.service.js';
import { RepoTagsStore } from '../repos/store/repo-tags.store.js';
import type { ListFailure } from '../domain/list-failures.js';

/** Tags, and the sources whose tags are missing. */
export interface MergedTags {
  readonly tags: TagsByType;
  readonly failures: readonly ListFailure[];
}

/** The tags of local and external repositories. */
@Injectable()
export class RepoTags {
  constructor(
    private readonly local: RepoTagsStore,
    private readonly sources: SourceFanOut,
  ) {}

  /**
   * @param only - the type of the tags; all by default
   * @throws HubError the failure of the sources if none has replied and this hub has no tags
   */
  async byType(type: TagsOperation['type'], only: string | undefined, context: RequestContext): Promise<MergedTags> {
    const local = await this.local.byType(type);
    const results = await this.sources.sendToAll({ ...context, namespace: '' }, { kind: 'tags', type });
    const external = results.flatMap(({ answer }) => (answer === undefined ? [] : [answer as TagsByType]));
    // labels of sources are written by people, such as "PyTorch" for the tag pytorch
    const tags = mergeTags([...external, local], only);
    const failed = results.filter(({ answer }) => answer === undefined).map(({ attempt }) => attempt);
    if (external.length === 0 && failed.length > 0 && Object.keys(local).length === 0)
      throw chooseFailure(failed, 'tags');
    return { tags, failures: failed.map(({ source, category }) => ({ name: source.name, category })) };
  }
}
