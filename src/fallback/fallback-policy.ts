import type { FallbackPolicy } from '../hub/rules/fallback-allowed.js';
import { matchGlob } from '../hub/rules/match-glob.js';
import { viaEntry } from '../hub/rules/via.js';
import type { HubConfig } from '../platform/config/hub-config.js';

/** Injection token of the policy. */
export const FALLBACK_POLICY = Symbol('FallbackPolicy');

/** What the configuration says about asking sources at all. */
export function fallbackPolicy({ fallback, instanceId }: HubConfig): FallbackPolicy {
  const { enabled, requireAuth, reservedNamespaces } = fallback;
  return {
    enabled,
    requireAuth,
    isReserved: (namespace) => reservedNamespaces.some((pattern) => matchGlob(pattern, namespace)),
    viaEntry: viaEntry(instanceId),
  };
}
