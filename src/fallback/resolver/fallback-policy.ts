import type { FallbackPolicy } from './fallback-allowed.js';
import { matchGlob } from '../../domain/match-glob.js';
import { viaEntry } from '../upstream/via.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { ReservedNames } from './reserved-names.service.js';

export const FALLBACK_POLICY = Symbol('FallbackPolicy');

/** The policy, from the configuration and the accounts of this hub. */
export function fallbackPolicy({ fallback }: HubConfig, reserved: ReservedNames, instanceId: string): FallbackPolicy {
  const { enabled, requireAuth, reservedNamespaces } = fallback;
  return {
    enabled,
    requireAuth,
    isReserved: (namespace) =>
      reserved.has(namespace) || reservedNamespaces.some((pattern) => matchGlob(pattern, namespace)),
    isLocal: (namespace) => reserved.isLocal(namespace),
    viaEntry: viaEntry(instanceId),
  };
}
