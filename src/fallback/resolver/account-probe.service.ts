import { Injectable } from '@nestjs/common';
import type { AccountKind, SourceAccount } from '../../domain/account.js';
import type { Attempt } from '../../domain/attempt.js';
import type { AccountOperation, ProfileOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { organizationFrom } from './organization-from.js';
import { isInconclusive, type Step } from './walk-chain.js';
import type { SendContext } from '../upstream/upstream-client.js';
import { strategyFor } from '../strategies/strategies.js';
import { SourceProbe } from './source-probe.service.js';

/** Which account, and what it is taken for at first. */
export interface AccountQuery {
  readonly name: string;
  readonly expected: AccountKind;
}

/** What one source knows of a name. */
export interface AccountStep extends Step {
  readonly source: Source;
  /** In the order in which they were made. */
  readonly attempts: readonly Attempt[];
  readonly account?: SourceAccount;
  /** Something that it might have told could not be asked now. */
  readonly doubtful: boolean;
}

/** What came of asking whether a name is a user's, or an organization's. */
type Asked = Pick<AccountStep, 'attempts' | 'account'>;

/**
 * Context one source whose a name is: a user's, and when it certainly is not, an organization's (specification, "User/Org Operations");
 * the other way round where an organization is expected.
 */
@Injectable()
export class AccountProbe {
  constructor(private readonly probe: SourceProbe) {}

  async attempt(source: Source, { name, expected }: AccountQuery, context: SendContext): Promise<AccountStep> {
    const questions = [() => this.asUser(source, name, context), () => this.asOrganization(source, name, context)];
    const attempts: Attempt[] = [];
    for (const ask of expected === 'user' ? questions : questions.reverse()) {
      const asked = await ask();
      attempts.push(...asked.attempts);
      if (asked.account) return stepOf(source, attempts, asked);
      if (!asked.attempts.every(({ category }) => category === 'not-found')) return stepOf(source, attempts, asked);
    }
    return stepOf(source, attempts, { attempts });
  }

  private async asUser(source: Source, name: string, context: SendContext): Promise<Asked> {
    const operation: ProfileOperation = { kind: 'userProfile', name };
    const attempt = await this.probe.attempt(source, operation, context);
    return { attempts: [attempt], account: decoded(attempt) as SourceAccount | undefined };
  }

  private async asOrganization(source: Source, name: string, context: SendContext): Promise<Asked> {
    const profile: ProfileOperation = { kind: 'organizationProfile', name };
    const members: AccountOperation = { kind: 'accountList', owner: 'organization', name, list: 'members', page: [] };
    const told = strategyFor(source.type).organizationLookup.map((by) => (by === 'members' ? members : profile));
    const attempts = await Promise.all(told.map((operation) => this.probe.attempt(source, operation, context)));
    const answers = attempts.map((attempt, n) => [told[n], decoded(attempt), attempt] as const);
    const of = (operation: AccountOperation) => answers.find(([one, answer]) => one === operation && answer);
    const [membersTold, profileTold] = [of(members), of(profile)];
    if (!membersTold && !profileTold) return { attempts };
    const people = membersTold && { count: (membersTold[1] as unknown[]).length, isAll: isLastPage(membersTold[2]) };
    return { attempts, account: organizationFrom(name, profileTold?.[1] as SourceAccount | undefined, people) };
  }
}

function stepOf(source: Source, attempts: readonly Attempt[], { attempts: last, account }: Asked): AccountStep {
  const doubtful = last.some(isInconclusive);
  if (account) return { source, attempts, account, doubtful, verdict: 'serve', category: 'ok' };
  const category = (last.find((one) => one.category !== 'not-found') ?? last[0]!).category;
  return { source, attempts, doubtful, verdict: 'next', category };
}

const isLastPage = ({ outcome }: Attempt): boolean => outcome.kind === 'reply' && outcome.headers['link'] === undefined;

const decoded = ({ verdict, outcome }: Attempt): unknown =>
  verdict === 'serve' && outcome.kind === 'reply' ? outcome.json : undefined;
