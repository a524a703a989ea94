import { Injectable } from '@nestjs/common';
import type { AccountList } from '../../domain/account.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import type { AccountListOperation } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import type { ReplyAge } from '../../domain/tag-source.js';
import type { ExternalAccount } from './accounts.resolver.js';
import type { RequestContext } from './fallback-request.js';
import { SourceFanOut } from './source-fan-out.service.js';

export interface AccountListPage {
  readonly list: AccountList;
  /** Query parameters of the page at the source. */
  readonly page: QueryPairs;
}

/** A page of a source's list of members, followers or likes. */
export interface ExternalAccountList {
  readonly entries: readonly unknown[];
  /** The source's `Link`. */
  readonly link: string | undefined;
  readonly age: ReplyAge;
}

/** Reads lists of an external account from the source that has it. */
@Injectable()
export class AccountListsService {
  constructor(private readonly fanOut: SourceFanOut) {}

  /** @throws HubError `NotFound` if the source has no such list, otherwise the source's error */
  async read(
    { source, account }: ExternalAccount,
    { list, page }: AccountListPage,
    context: RequestContext,
  ): Promise<ExternalAccountList> {
    const { kind: owner, name } = account;
    const operation: AccountListOperation = { kind: 'accountList', owner, name, list, page };
    const [result] = await this.fanOut.sendEach({ ...context, namespace: name }, [{ source, operation }]);
    const { attempt, answer } = result!;
    if (answer !== undefined && attempt.outcome.kind === 'reply')
      return { entries: answer as unknown[], link: attempt.outcome.headers['link'], age: attempt.outcome };
    if (attempt.category === 'not-found')
      throw new HubError('NotFound', `The source ${source.name} has no list of ${list} of "${name}"`);
    throw chooseFailure([attempt], 'accountList');
  }
}
