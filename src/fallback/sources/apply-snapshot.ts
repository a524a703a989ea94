import type { HubConfig } from '../../platform/config/hub-config.js';
import type { OutboundDispatcher } from '../upstream/outbound-dispatcher.js';
import type { SourceTokens } from '../upstream/source-tokens.js';
import type { UpstreamClient } from '../upstream/upstream-client.js';
import type { SnapshotChange, SourceSnapshot } from './source-snapshot.js';
import { sourceWarnings } from './source-warnings.js';

/** Services that depend on the sources. */
interface Dependents {
  readonly upstream: UpstreamClient;
  readonly tokens: SourceTokens;
  readonly dispatcher: OutboundDispatcher;
  readonly log: { warn(message: string): void };
  readonly config: Pick<HubConfig, 'fallback'>;
}

/** Applies a change of the sources to the state that other services have of them. */
export function applySnapshot(
  { sources, records, isOffline }: SourceSnapshot,
  { changedKeys, credentials }: SnapshotChange,
  { upstream, tokens, dispatcher, log, config }: Dependents,
): void {
  dispatcher.setOffline(isOffline);
  for (const key of changedKeys) upstream.forget(key);
  tokens.replaceAll(credentials);
  upstream.closeUnused(sources);
  for (const warning of sourceWarnings(records, config.fallback.deadlineMs)) log.warn(warning);
}
