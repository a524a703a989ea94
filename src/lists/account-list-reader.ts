import type { HubInquiries, Inquiry } from '../fallback/resolver/hub-inquiries.service.js';
import type { HubQuestion } from '../fallback/resolver/question.js';
import type { Attempt } from '../domain/attempt.js';
import type { UserReposOperation } from '../domain/operation.js';
import type { ListQuestion } from '../domain/list.js';
import type { ListReader } from './lists.service.js';
import type { ExternalList } from './external-list.js';
import type { ExternalLists } from './external-lists.service.js';

/**
 * Reads what an account has at its sources, for one request that wants all types: a source that tells them together is asked once for
 * all of them.
 */
export class AccountListReader implements ListReader {
  private readonly told = new Map<string, Promise<Attempt>>();

  constructor(
    private readonly lists: ExternalLists,
    private readonly inquiries: HubInquiries,
  ) {}

  begin(question: ListQuestion, asking: HubQuestion): ExternalList[] {
    return this.lists.begin(question, asking, undefined);
  }

  async readNext(lists: readonly ExternalList[], question: ListQuestion, asking: HubQuestion): Promise<void> {
    const put = lists.map((list) => this.inquiryOf(list, question));
    const fresh = put.filter(({ key }) => !this.told.has(key));
    const asked = this.inquiries.askEach(asking, fresh);
    fresh.forEach(({ key }, n) =>
      this.told.set(
        key,
        asked.then((told) => told[n]!.attempt),
      ),
    );
    const attempts = await Promise.all(put.map(({ key }) => this.told.get(key)!));
    lists.forEach((list, n) => this.lists.applyAttempt(list, question, this.inquiries.read(attempts[n]!, put[n]!.operation)));
  }

  /** What the source is asked, and whether that is what it is asked for another type. */
  private inquiryOf(
    { source, nextPage: page }: ExternalList,
    question: ListQuestion,
  ): Inquiry & { readonly key: string } {
    const type = this.inquiries.tellsReposTogether(source) ? '' : question.type;
    const operation: UserReposOperation = { kind: 'userRepos', question, page };
    return { source, operation, key: `${source.key} ${type} ${JSON.stringify(page)}` };
  }
}
