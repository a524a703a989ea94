import type { AccountKind } from '../../domain/account.js';
import type { LimitsConfig, QuotaConfig } from '../../platform/config/hub-config.js';

/** The value of a quota without a limit in the database and the API, where null means the configured default. */
export const UNLIMITED = -1;

/** The quotas that the administrator has set for an account. */
export interface AccountQuota {
  readonly kind: AccountKind;
  readonly quotaBytes: number | null;
  readonly quotaRepositories: number | null;
}

/** The quotas that apply to an account: its own, otherwise the configured ones. */
export function effectiveQuota({ quota }: LimitsConfig, account: AccountQuota): QuotaConfig {
  const defaults = quota[account.kind];
  const resolve = (own: number | null, configured: number | undefined): number | undefined => {
    if (own === null) return configured;
    return own === UNLIMITED ? undefined : own;
  };
  return {
    bytes: resolve(account.quotaBytes, defaults.bytes),
    repositories: resolve(account.quotaRepositories, defaults.repositories),
  };
}
