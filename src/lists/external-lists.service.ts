import { Injectable } from '@nestjs/common';
import { SourceFanOut, type SourceResult } from '../fallback/resolver/source-fan-out.service.js';
import type { NamespaceContext } from '../fallback/resolver/fallback-request.js';
import type { ListPage, ListQuery } from '../domain/list.js';
import type { QueryPairs } from '../domain/query.js';
import type { Source } from '../domain/source.js';
import { sourceMark, type ListWalk } from '../domain/list-walk.js';
import { ExternalList } from './external-list.js';

/** Reads the parts of a list that come from sources. */
@Injectable()
export class ExternalLists {
  constructor(private readonly fanOut: SourceFanOut) {}

  /** All sources available to the caller. Later pages only use sources of the first page that are still available. */
  begin(query: ListQuery, context: NamespaceContext, walk: ListWalk | undefined): ExternalList[] {
    return this.fanOut
      .eligibleSources(context)
      .filter((source) => this.fanOut.maySendTexts(source, textsOf(query)))
      .filter((source) => walk === undefined || sourceMark(source) in walk.sources)
      .map((source) => new ExternalList(source, query, walk?.sources[sourceMark(source)]));
  }

  /** Reads the next page of each list in parallel. The list of a source that fails ends. */
  async readNext(lists: readonly ExternalList[], query: ListQuery, context: NamespaceContext): Promise<void> {
    const results = await this.fanOut.sendEach(
      context,
      lists.map(({ source, nextPage: page }) => ({ source, operation: { kind: 'list', query, page } })),
    );
    lists.forEach((list, n) => this.applyResult(list, query, results[n]!));
  }

  /** Adds the page that a source returned, or ends its list. */
  applyResult(list: ExternalList, { type }: ListQuery, { attempt, answer }: SourceResult): void {
    if (answer === undefined || attempt.outcome.kind !== 'reply') return list.end(attempt);
    const { entries, linked } = answer as ListPage;
    const allowed = entries.map((entry) => (entry && this.isAllowed(list.source, type, entry.id) ? entry : undefined));
    list.ages.push(attempt.outcome);
    list.addPage({ entries: allowed, linked }, attempt.outcome.headers['link'], parametersOf(attempt.path));
  }

  /** Whether the hub would serve this repository from the source; others are not listed. */
  private isAllowed(source: Source, type: ListQuery['type'], id: string): boolean {
    const slash = id.indexOf('/');
    return this.fanOut.mayServe(source, {
      type,
      namespace: id.slice(0, Math.max(0, slash)),
      name: id.slice(slash + 1),
    });
  }
}

/** The texts of a list request that sources receive. */
const textsOf = ({ search, filters, pipelineTag = '', uses, others }: ListQuery): string[] => [
  ...search,
  ...filters,
  pipelineTag,
  ...(uses ? [...uses.models, ...uses.datasets] : []),
  ...others.map(([, value]) => value),
];

const parametersOf = (path: string): QueryPairs => [...new URLSearchParams(path.split('?')[1])];
