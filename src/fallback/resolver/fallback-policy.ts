import type { FallbackPolicy } from './fallback-allowed.js';
import { globMatcher } from '../../domain/match-glob.js';
import { viaEntry } from '../upstream/via.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { ReservedNames } from './reserved-names.service.js';

export const FALLBACK_POLICY = Symbol('FallbackPolicy');

/** The policy, from the configuration and the accounts of this hub. */
export function fallbackPolicy({ fallback }: HubConfig, reserved: ReservedNames, instanceId: string): FallbackPolicy {
  const { enabled, requireAuth, reservedNamespaces } = fallback;
  const matchers = reservedNamespaces.map(globMatcher);
  return {
    enabled,
    requireAuth,
    isReserved: (namespace) => reserved.has(namespace) || matchers.some((matches) => matches(namespace)),
    isLocal: (namespace) => reserved.isLocal(namespace),
    viaEntry: viaEntry(instanceId),
  };
}
