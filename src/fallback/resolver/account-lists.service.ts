import { Injectable } from '@nestjs/common';
import type { AccountList } from '../../domain/account.js';
import { HubError } from '../../domain/hub-error.js';
import type { AccountListOperation } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import type { ExternalAccount } from './accounts.resolver.js';
import { SourceFanOut } from './source-fan-out.service.js';
import type { RequestContext } from './fallback-request.js';

/** Which page of which list. */
export interface AccountListPage {
  readonly list: AccountList;
  /** The source's own parameters of the page. */
  readonly page: QueryPairs;
}

/** The people, or likes, on a page of a source's list. */
export interface ExternalAccountList {
  readonly entries: readonly unknown[];
  /** The source's `Link`. */
  readonly link: string | undefined;
}

/** Reads lists of people from the source that an account is from, and from no other. */
@Injectable()
export class AccountListsService {
  constructor(private readonly inquiries: SourceFanOut) {}

  /** @throws HubError `NotFound` where the source keeps no such list, otherwise what it said */
  async read(
    { source, account }: ExternalAccount,
    { list, page }: AccountListPage,
    asking: RequestContext,
  ): Promise<ExternalAccountList> {
    const { kind: owner, name } = account;
    const operation: AccountListOperation = { kind: 'accountList', owner, name, list, page };
    const [told] = await this.inquiries.sendEach({ ...asking, namespace: name }, [{ source, operation }]);
    const { attempt, answer } = told!;
    if (answer !== undefined && attempt.outcome.kind === 'reply')
      return { entries: answer as unknown[], link: attempt.outcome.headers['link'] };
    if (attempt.category === 'not-found')
      throw new HubError('NotFound', `The source ${source.name} keeps no list of ${list} of "${name}"`);
    throw chooseFailure([attempt], 'accountList');
  }
}
