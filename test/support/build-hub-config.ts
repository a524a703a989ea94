import { SOURCE_TYPES } from '../../src/fallback/strategies/strategies.js';
import { parseEnv } from '../../src/platform/config/env.js';
import type { FallbackConfig, HubConfig } from '../../src/platform/config/hub-config.js';

/** Builds the configuration of an empty environment, with overrides. */
export function buildHubConfig(fallback: Partial<FallbackConfig> = {}, more: Partial<HubConfig> = {}): HubConfig {
  const secrets = { adminToken: 'an-admin-token', secretKey: 'a-secret-key-of-a-test' };
  const config = parseEnv(
    { LOG_LEVEL: 'silent', KOHAKU_HUB_FALLBACK_SOURCES: '[]', KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS: '0' },
    { secretsIn: () => secrets, version: '1.2.3', sourceTypes: SOURCE_TYPES },
  );
  return { ...config, ...more, fallback: { ...config.fallback, ...fallback } };
}
