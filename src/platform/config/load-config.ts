import { readFileSync } from 'node:fs';
import { parseEnv, type ConfigContext } from './env.js';
import type { HubConfig } from './hub-config.js';

/** The package file lies further up from `dist/src/…` than from `src/…`. */
function packageVersion(folder: URL): string {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Record<
      string,
      string
    >;
    if (name === 'hubfall' && version) return version;
  } catch {
    // not in this folder: look one further up
  }
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('The package.json of hubfall is missing.');
  return packageVersion(parent);
}

/** This program's version, as its package says. */
export const hubVersion = (): string => packageVersion(new URL('.', import.meta.url));

/**
 * The configuration of this process; the only place that reads its environment.
 * @throws EnvironmentFault
 */
export function loadConfig(context: Omit<ConfigContext, 'version'>): HubConfig {
  const onTerminal = process.stdout.isTTY ? { LOG_FORMAT: 'pretty' } : {};
  return parseEnv({ ...onTerminal, ...process.env }, { ...context, version: hubVersion() });
}
