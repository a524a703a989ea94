import { Injectable } from '@nestjs/common';
import type { AccountKind, SourceAccount } from '../../domain/account.js';
import type { Attempt } from '../../domain/attempt.js';
import type { AccountOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { oldestOf, type ReplyAge } from '../../domain/tag-source.js';
import { strategyFor } from '../strategies/strategies.js';
import type { SendContext } from '../upstream/send-context.js';
import { isInconclusive } from './definitive-answer.js';
import { membersOf } from './members-of.js';
import { organizationFrom } from './organization-from.js';
import { SourceProbe } from './source-probe.service.js';
import type { Step } from './walk-chain.js';

export interface AccountQuery {
  readonly name: string;
  /** The kind that is looked up first. */
  readonly expected: AccountKind;
}

/** The result of looking up an account name at one source. */
export interface AccountStep extends Step {
  readonly source: Source;
  /** In the order in which they were sent. */
  readonly attempts: readonly Attempt[];
  readonly account?: SourceAccount;
  /** How current the account is. */
  readonly age: ReplyAge;
  /** True if a request that might have found the account failed. */
  readonly isInconclusive: boolean;
}

type Probe = Pick<SourceProbe, 'attempt'>;
type Send = (operation: AccountOperation) => Promise<Attempt>;

/** The result of looking up a name as a user, or as an organization. */
type Lookup = Pick<AccountStep, 'attempts' | 'account'>;

/**
 * Looks up an account name at one source: first as a user, and if the source definitively has no such user, as an organization. If an
 * organization is expected, the order is reversed. (Specification, "User/Org Operations".)
 */
@Injectable()
export class AccountProbe {
  constructor(private readonly probe: SourceProbe) {}

  /** @param probe - sends the requests, or uses kept replies */
  async attempt(
    source: Source,
    { name, expected }: AccountQuery,
    context: SendContext,
    probe: Probe = this.probe,
  ): Promise<AccountStep> {
    const send: Send = (operation) => probe.attempt(source, operation, context);
    const lookups = [() => this.asUser(name, send), () => this.asOrganization(source, name, send)];
    const attempts: Attempt[] = [];
    for (const lookUp of expected === 'user' ? lookups : lookups.reverse()) {
      const result = await lookUp();
      attempts.push(...result.attempts);
      const isMissing = result.attempts.every(({ category }) => category === 'not-found');
      if (result.account || !isMissing) return stepOf(source, attempts, result);
    }
    return stepOf(source, attempts, { attempts });
  }

  /** The attempts to look up an organization. One that serves is enough. */
  async findOrganization(source: Source, name: string, context: SendContext): Promise<readonly Attempt[]> {
    const send: Send = (operation) => this.probe.attempt(source, operation, context);
    return (await this.asOrganization(source, name, send)).attempts;
  }

  private async asUser(name: string, send: Send): Promise<Lookup> {
    const attempt = await send({ kind: 'userProfile', name });
    return { attempts: [attempt], account: jsonOf(attempt) as SourceAccount | undefined };
  }

  private async asOrganization(source: Source, name: string, send: Send): Promise<Lookup> {
    const operations: Readonly<Record<'members' | 'profile', AccountOperation>> = {
      members: membersOf(name),
      profile: { kind: 'organizationProfile', name },
    };
    const { organizationLookup } = strategyFor(source.type);
    const attempts = await Promise.all(organizationLookup.map((by) => send(operations[by])));
    const served = (by: 'members' | 'profile'): Attempt | undefined => {
      const attempt = attempts[organizationLookup.indexOf(by)];
      return attempt && jsonOf(attempt) !== undefined ? attempt : undefined;
    };
    const [members, profile] = [served('members'), served('profile')];
    if (!members && !profile) return { attempts };
    const memberList = members && { count: (jsonOf(members) as unknown[]).length, isAll: isLastPage(members) };
    const account = organizationFrom(name, profile && (jsonOf(profile) as SourceAccount), memberList);
    return { attempts, account };
  }
}

function stepOf(source: Source, attempts: readonly Attempt[], { attempts: last, account }: Lookup): AccountStep {
  const inconclusive = last.some(isInconclusive);
  const age = oldestOf(
    last.flatMap(({ verdict, outcome }) => (verdict === 'serve' && outcome.kind === 'reply' ? outcome : [])),
  );
  const common = { source, attempts, age, isInconclusive: inconclusive };
  if (account) return { ...common, account, verdict: 'serve', category: 'ok' };
  const category = (last.find((attempt) => attempt.category !== 'not-found') ?? last[0]!).category;
  return { ...common, verdict: 'next', category };
}

const isLastPage = ({ outcome }: Attempt): boolean => outcome.kind === 'reply' && outcome.headers['link'] === undefined;

const jsonOf = ({ verdict, outcome }: Attempt): unknown =>
  verdict === 'serve' && outcome.kind === 'reply' ? outcome.json : undefined;
