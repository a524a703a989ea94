import type { HubConfig } from '../platform/config/hub-config.js';
import { adminTokenPlace } from '../platform/config/secrets.js';
import { reachableAt } from './reachable-at.js';

/** Facts that an administrator needs after startup. It does not include the admin token, because terminal output and logs are stored. */
interface StartupFacts {
  readonly title: string;
  readonly addresses: readonly string[];
  readonly docs: string;
  /** Where the admin token is. */
  readonly admin: string;
}

function startupFacts(config: HubConfig): StartupFacts {
  const addresses = reachableAt(config);
  return {
    title: `Hubfall ${config.version} is up.`,
    addresses,
    docs: `${addresses[0]}/docs`,
    admin: config.admin.enabled ? adminTokenPlace(config.dataDir) : 'the admin API is disabled',
  };
}

/** The message after startup, for a terminal. */
export function startupMessage(config: HubConfig): string {
  const { title, addresses, docs, admin } = startupFacts(config);
  const [address, ...others] = addresses;
  return [
    title,
    `  Hub:         ${address}`,
    ...others.map((other) => `               ${other}`),
    `  API docs:    ${docs}`,
    `  Admin token: ${admin}`,
    '',
  ].join('\n');
}

/** The message after startup, as fields of a log line. */
export function startupFields(config: HubConfig): object {
  const { title, addresses, docs, admin } = startupFacts(config);
  return { msg: `${title} Admin token: ${admin}`, addresses, docs };
}
