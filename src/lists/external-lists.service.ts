import { Injectable } from '@nestjs/common';
import { HubInquiries, type Told } from '../fallback/resolver/hub-inquiries.service.js';
import type { HubQuestion } from '../fallback/resolver/question.js';
import type { ListPage, ListQuestion } from '../domain/list.js';
import type { QueryPairs } from '../domain/operation.js';
import type { Source } from '../domain/source.js';
import { sourceMark, type ListWalk } from '../domain/list-walk.js';
import { ExternalList } from './external-list.js';

/** The parts of a list that sources have. */
@Injectable()
export class ExternalLists {
  constructor(private readonly inquiries: HubInquiries) {}

  /** Those that a walk goes through: all that may be asked when it begins, and later those of them that may still be asked. */
  begin(question: ListQuestion, asking: HubQuestion, walk: ListWalk | undefined): ExternalList[] {
    return this.inquiries
      .sourcesFor(asking)
      .filter((source) => walk === undefined || sourceMark(source) in walk.sources)
      .map((source) => new ExternalList(source, question, walk?.sources[sourceMark(source)]));
  }

  /** Reads the next page of each list, all at the same time. A source that fails ends its list. */
  async readNext(lists: readonly ExternalList[], question: ListQuestion, asking: HubQuestion): Promise<void> {
    const told = await this.inquiries.askEach(
      asking,
      lists.map(({ source, nextPage: page }) => ({ source, operation: { kind: 'list', question, page } })),
    );
    lists.forEach((list, n) => this.applyAttempt(list, question, told[n]!));
  }

  /** Takes in what a source said when it was asked for the next page. */
  applyAttempt(list: ExternalList, { type }: ListQuestion, { attempt, answer }: Told): void {
    if (answer === undefined || attempt.outcome.kind !== 'reply') return list.give(attempt);
    const { entries, linked } = answer as ListPage;
    const ours = entries.map((entry) => (entry && this.isOurs(list.source, type, entry.id) ? entry : undefined));
    list.receive({ entries: ours, linked }, attempt.outcome.headers['link'], queryOf(attempt.path));
  }

  /** What would not be answered from this source here is not listed from it either. */
  private isOurs(source: Source, type: ListQuestion['type'], id: string): boolean {
    const slash = id.indexOf('/');
    return this.inquiries.mayAnswerFor(source, {
      type,
      namespace: id.slice(0, Math.max(0, slash)),
      name: id.slice(slash + 1),
    });
  }
}

const queryOf = (path: string): QueryPairs => [...new URLSearchParams(path.split('?')[1])];
