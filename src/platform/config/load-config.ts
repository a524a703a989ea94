import { readFileSync } from 'node:fs';
import { parseEnv, type ConfigContext, type Environment } from './env.js';
import type { HubConfig } from './hub-config.js';

/** Searches the parent folders for package.json, because `src/` and `dist/src/` are at different depths. */
function packageVersion(folder: URL): string {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Record<
      string,
      string
    >;
    if (name === 'hubfall' && version) return version;
  } catch {
    // not in this folder
  }
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('package.json of hubfall not found. Reinstall the hub.');
  return packageVersion(parent);
}

/** The version of the hub, from package.json. */
export const hubVersion = (): string => packageVersion(new URL('.', import.meta.url));

/** The environment of this process, for examining it and for programs that are started with it. */
export const processEnvironment = (): Environment => process.env;

/**
 * Reads the configuration from the environment of this process. Nothing else reads the environment.
 * @throws InvalidEnvironmentError
 */
export function loadConfig(context: Omit<ConfigContext, 'version'>): HubConfig {
  const onTerminal = process.stdout.isTTY ? { LOG_FORMAT: 'pretty' } : {};
  return parseEnv({ ...onTerminal, ...process.env }, { ...context, version: hubVersion() });
}
