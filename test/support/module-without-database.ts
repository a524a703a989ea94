import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import type { HubConfig } from '../../src/platform/config/hub-config.js';
import { HubSettings } from '../../src/platform/identity/hub-settings.js';
import { ObservabilityModule } from '../../src/platform/observability/observability.module.js';

/**
 * Compiles modules that use the database only for the identity of the hub, which is then in memory. Replicas with the same secret key derive the
 * same ID from it, so they find each other in Redis.
 */
export function moduleWithoutDatabase(
  config: HubConfig,
  { imports = [], providers = [] }: Pick<ModuleMetadata, 'imports' | 'providers'>,
): Promise<TestingModule> {
  return Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), ObservabilityModule, ...imports],
    providers,
  })
    .overrideProvider(HubSettings)
    .useValue(new TransientSettings())
    .compile();
}

class TransientSettings implements Pick<HubSettings, 'get' | 'getOrAdd' | 'set'> {
  private readonly values = new Map<string, string>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  getOrAdd(key: string, value: string): Promise<string> {
    if (!this.values.has(key)) this.values.set(key, value);
    return Promise.resolve(this.values.get(key)!);
  }

  set(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}
