import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import { credentialsUnreadableMessage, tokenRejectedMessage } from '../../domain/choose-failure.js';
import { HubError, type HubErrorFacts } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { FallbackPolicy } from '../resolver/fallback-allowed.js';
import { FALLBACK_POLICY } from '../resolver/fallback-policy.js';
import { isDefinitiveNotFound } from '../resolver/definitive-answer.js';
import { nameCheckColumns, type NameCheckColumns } from './name-check.entity.js';
import { NameLookup, type NameLookupResult } from './name-lookup.service.js';

/** Seconds after which a creation that could not be checked may be retried, unless the source reported a time. */
const RETRY_AFTER_SECONDS = 30;

/** How a name is about to be used. */
export interface NameUse {
  /** Administrators may use every name. It is still checked, to be listed. */
  readonly isAdministrator: boolean;
  /** Defaults to `create`. */
  readonly action?: 'create' | 'move';
}

/**
 * Protects the repositories of sources against local ones of the same name, which everyone behind this hub would receive instead (ADR 17).
 * Every path that creates or renames a repository or creates an account calls it first.
 */
@Injectable()
export class NamespaceGuard {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FALLBACK_POLICY) private readonly policy: Pick<FallbackPolicy, 'isReserved'>,
    private readonly lookup: NameLookup,
  ) {}

  get isEnabled(): boolean {
    return this.config.fallback.namespaceGuard !== 'off';
  }

  /**
   * Checks the id of a repository that will be created or renamed.
   *
   * @returns the result, to be stored with the repository
   * @throws HubError `Conflict` if a source has the repository, `UpstreamUnavailable` in strict mode if a source cannot be asked
   */
  async checkRepo(repo: RepoId, use: NameUse): Promise<NameCheckColumns> {
    if (!this.isEnabled) return this.toColumns(undefined);
    const label = `${repo.type} "${repoFullName(repo)}"`;
    const remedy = use.action === 'move' ? 'move the repository to this name' : 'create it on this hub';
    return this.judge(await this.lookup.repo(repo), use, { label, remedy });
  }

  /**
   * Checks the name of an account that will be created. The names of users of sources are free: many people are called alice.
   *
   * @returns the result, to be stored with the account
   * @throws HubError as `checkRepo`, about an organization of a source; `Conflict` for a reserved name, even if the guard is off
   */
  async checkAccount(name: string, use: NameUse): Promise<NameCheckColumns> {
    if (!use.isAdministrator && this.policy.isReserved(name))
      throw new HubError(
        'Conflict',
        `The name "${name}" is reserved. Only an administrator can create an account with this name.`,
      );
    if (!this.isEnabled) return this.toColumns(undefined);
    const subject = { label: `organization "${name}"`, remedy: 'create an account with this name' };
    return this.judge(await this.lookup.organization(name), use, subject);
  }

  private judge(
    result: NameLookupResult | undefined,
    { isAdministrator }: NameUse,
    { label, remedy }: { readonly label: string; readonly remedy: string },
  ): NameCheckColumns {
    if (result && !isAdministrator) {
      const { state, source } = result;
      if (state === 'shadows')
        throw new HubError('Conflict', `The ${label} exists at ${source}. An administrator can ${remedy}.`, {
          sources: reportOf(result),
        });
      if (state === 'unverified' && this.config.fallback.namespaceGuard === 'strict') throw unverifiable(label, result);
    }
    return this.toColumns(result);
  }

  private toColumns(result: NameLookupResult | undefined): NameCheckColumns {
    return nameCheckColumns(result, this.clock());
  }
}

function unverifiable(label: string, result: NameLookupResult): HubError {
  const attempt = result.decisive.find((candidate) => !isDefinitiveNotFound(candidate))!;
  const { outcome } = attempt;
  const message = `This hub could not check whether the ${label} exists. ${problemOf(attempt)}`;
  return new HubError('UpstreamUnavailable', message, {
    retryAfter: (outcome.kind === 'failure' ? outcome.retryAfter : undefined) ?? RETRY_AFTER_SECONDS,
    sources: reportOf(result),
  });
}

/** The reason why a source gave no definitive answer, as whole sentences. */
function problemOf({ source: { name }, category, outcome }: Attempt): string {
  if (category === 'token-rejected') return tokenRejectedMessage(name, outcome.usesPassword);
  if (category === 'credentials-unreadable') return credentialsUnreadableMessage(name);
  if (category === 'offline') return `No request was sent to the source ${name}, because this hub is offline.`;
  if (category === 'forbidden')
    return `The source ${name} denied access (HTTP ${outcome.status}). An administrator must check its token and its network rules.`;
  if (category === 'rate-limited') return `The source ${name} limits the requests of this hub.`;
  if (outcome.kind === 'failure')
    return `The source ${name} ${category === 'busy' ? 'could not be used' : 'failed'}. ${outcome.message}.`;
  return `The source ${name} returned an ${outcome.status < 400 ? 'unexpected reply' : 'error'} (HTTP ${outcome.status}).`;
}

const reportOf = ({ decisive }: NameLookupResult): HubErrorFacts['sources'] =>
  decisive.map(({ source, outcome, category }) => ({ name: source.name, status: outcome.status ?? null, category }));
