import { ReservedNames } from '../../src/fallback/resolver/reserved-names.service.js';
import { LocalClusterBus } from '../../src/platform/cluster/local-cluster-bus.js';
import type { AccountStore } from '../../src/users/account.store.js';
import { ReservedAccounts } from '../../src/users/reserved-accounts.service.js';
import { buildHubConfig } from './build-hub-config.js';

/** Keeps the names of this hub up to date, on one replica. */
export const reservedAccounts = (
  accounts: AccountStore,
  { names = new ReservedNames(), reserveLocalNamespaces = false } = {},
): ReservedAccounts =>
  new ReservedAccounts(accounts, names, new LocalClusterBus(), buildHubConfig({ reserveLocalNamespaces }));
