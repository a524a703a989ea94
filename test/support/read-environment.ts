import { SOURCE_TYPES } from '../../src/fallback/strategies/strategies.js';
import { InvalidEnvironmentError, parseEnv, type Environment } from '../../src/platform/config/env.js';
import type { HubConfig } from '../../src/platform/config/hub-config.js';

/** Secrets of a hub that generated them at an earlier start. */
export const STORED_SECRETS = { adminToken: 'stored-admin-token', secretKey: 'stored-secret-key-000' };

/** The configuration of version 1.2.3 in an environment. */
export const readEnvironment = (env: Environment = {}): HubConfig =>
  parseEnv(env, { version: '1.2.3', sourceTypes: SOURCE_TYPES, secretsIn: () => STORED_SECRETS });

/** The problems that starting with an environment reports; empty if it is valid. */
export function problemsOf(env: Environment): readonly string[] {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return [];
}
