import { Injectable } from '@nestjs/common';
import type { AccountKind } from '../domain/account.js';
import { lookupName } from '../domain/lookup-key.js';
import type { Source } from '../domain/source.js';
import type { UrlBuilder } from '../domain/url-builder.js';
import type { RequestContext } from '../fallback/resolver/fallback-request.js';
import { SourceFanOut } from '../fallback/resolver/source-fan-out.service.js';
import { AccountStore } from './account.store.js';
import { externalAvatars } from './api/avatar-urls.js';

/** Marks an account as one of a source. */
export interface ExternalName {
  readonly _source: string;
  readonly _source_url: string;
  /** Page of the account: on this hub, or at the source if the name means another account here. */
  readonly _profile_url: string;
  /** Empty if the name means another account here. */
  readonly avatarUrl: string;
}

/** The accounts' kind and source, and the URLs of this hub in the response. */
export interface NamedBySource {
  readonly kind: AccountKind;
  readonly source: Source;
  readonly urls: UrlBuilder;
}

/**
 * Accounts that a source names, such as the members of one of its organizations. The same name may belong to another account here: a local one,
 * or one of a source with a higher priority.
 */
@Injectable()
export class ExternalNames {
  constructor(
    private readonly accounts: AccountStore,
    private readonly sources: SourceFanOut,
  ) {}

  /** Adds the marks of their source to accounts of this kind. */
  async mark<Account extends object>(
    accounts: readonly Account[],
    nameOf: (account: Account) => string,
    { kind, source, urls }: NamedBySource,
    context: RequestContext,
  ): Promise<(Account & ExternalName)[]> {
    const marks = await this.marksOf(accounts.map(nameOf), { kind, source, urls }, context);
    return accounts.map((account) => ({ ...account, ...marks.get(nameOf(account))! }));
  }

  /** The marks of accounts of this kind, by their names. */
  async marksOf(
    names: readonly string[],
    of: NamedBySource,
    context: RequestContext,
  ): Promise<ReadonlyMap<string, ExternalName>> {
    const local = await this.accounts.existingNames(names);
    const isSame = (name: string): boolean => !local.has(lookupName(name)) && this.isFirst(of.source, name, context);
    return new Map([...new Set(names)].map((name) => [name, externalName(name, of, isSame(name))]));
  }

  /** Whether this hub would look up the name at this source first. */
  private isFirst({ key }: Source, namespace: string, context: RequestContext): boolean {
    return this.sources.eligibleSources({ ...context, namespace })[0]?.key === key;
  }
}

const externalName = (name: string, { kind, source, urls }: NamedBySource, isSame: boolean): ExternalName => ({
  _source: source.name,
  _source_url: source.url,
  _profile_url: `${isSame ? urls.base : source.url}/${encodeURIComponent(name)}`,
  avatarUrl: isSame ? externalAvatars(urls)({ kind, name }) : '',
});
