import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { requireSignedIn } from '../../domain/require-caller.js';
import { HUB_CONFIG, type HubConfig, type QuotaConfig } from '../../platform/config/hub-config.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountsService } from '../../users/accounts.service.js';
import { effectiveQuota } from './effective-quota.js';
import { QuotaStore } from './quota.store.js';
import { SumStore } from './sum.store.js';

/** Use of an account's quotas. */
export interface NamespaceUsage {
  readonly usedBytes: number;
  readonly repositories: number;
  /** The quotas that apply. */
  readonly limits: QuotaConfig;
}

/** The use of one account, and the space that its unfinished uploads have reserved. */
export interface OwnUsage extends NamespaceUsage {
  readonly account: AccountEntity;
  readonly reservedBytes: number;
}

/** Reports how much accounts use of their quotas. */
@Injectable()
export class NamespaceUsages {
  constructor(
    private readonly store: QuotaStore,
    private readonly sums: SumStore,
    private readonly accounts: AccountsService,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /** The use of several accounts, by id. */
  async of(accounts: readonly AccountEntity[]): Promise<Map<number, NamespaceUsage>> {
    const ids = accounts.map(({ id }) => id);
    const [used, repositories] = [await this.store.usedBy(ids), await this.sums.repositoriesOf(ids)];
    return new Map(
      accounts.map((account) => [
        account.id,
        {
          usedBytes: used.get(account.id) ?? 0,
          repositories: repositories.get(account.id) ?? 0,
          limits: effectiveQuota(this.config.limits, account),
        },
      ]),
    );
  }

  /**
   * The use of the caller's account, or of an organization that the caller is a member of.
   *
   * @throws HubError `Unauthorized`, `NotFound`, `Forbidden`
   */
  async visibleTo(caller: Caller, name: string): Promise<OwnUsage> {
    requireSignedIn(caller);
    const account = await this.accounts.getByName(name);
    if (!(await this.accounts.mayRead(caller, { account: account.id })))
      throw new HubError('Forbidden', `Only the owner or members of "${account.name}" can see its storage.`);
    const usage = (await this.of([account])).get(account.id)!;
    return { ...usage, account, reservedBytes: (await this.store.use(account.id)).reserved };
  }
}
