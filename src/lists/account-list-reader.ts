import type { SourceFanOut, SourceRequest } from '../fallback/resolver/source-fan-out.service.js';
import type { NamespaceContext } from '../fallback/resolver/fallback-request.js';
import type { Attempt } from '../domain/attempt.js';
import type { UserReposOperation } from '../domain/operation.js';
import type { ListQuery } from '../domain/list.js';
import type { ListReader } from './lists.service.js';
import type { ExternalList } from './external-list.js';
import type { ExternalLists } from './external-lists.service.js';

/**
 * Reads an account's external repositories of all types for one request. A source that returns all types together gets only one request.
 */
export class AccountListReader implements ListReader {
  private readonly attempts = new Map<string, Promise<Attempt>>();

  constructor(
    private readonly lists: ExternalLists,
    private readonly fanOut: SourceFanOut,
  ) {}

  begin(query: ListQuery, context: NamespaceContext): ExternalList[] {
    return this.lists.begin(query, context, undefined);
  }

  async readNext(lists: readonly ExternalList[], query: ListQuery, context: NamespaceContext): Promise<void> {
    const requests = lists.map((list) => this.requestFor(list, query));
    const pending = requests.filter(({ key }) => !this.attempts.has(key));
    const results = this.fanOut.sendEach(context, pending);
    pending.forEach(({ key }, n) =>
      this.attempts.set(
        key,
        results.then((all) => all[n]!.attempt),
      ),
    );
    const attempts = await Promise.all(requests.map(({ key }) => this.attempts.get(key)!));
    lists.forEach((list, n) =>
      this.lists.applyResult(list, query, this.fanOut.read(attempts[n]!, requests[n]!.operation)),
    );
  }

  /** @returns the request, with a key that is equal for requests that get the same response */
  private requestFor(
    { source, nextPage: page }: ExternalList,
    query: ListQuery,
  ): SourceRequest & { readonly key: string } {
    const type = this.fanOut.listsAllTypesTogether(source) ? '' : query.type;
    const operation: UserReposOperation = { kind: 'userRepos', query, page };
    return { source, operation, key: `${source.key} ${type} ${JSON.stringify(page)}` };
  }
}
