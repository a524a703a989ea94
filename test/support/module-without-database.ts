import { Global, Module, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import type { HubConfig } from '../../src/platform/config/hub-config.js';
import { ClientShares } from '../../src/platform/http/client-shares.service.js';
import { HubSettings } from '../../src/platform/identity/hub-settings.js';
import { ObservabilityModule } from '../../src/platform/observability/observability.module.js';

/** The part of `HttpModule` that the clients of sources use. */
@Global()
@Module({ providers: [ClientShares], exports: [ClientShares] })
class ClientSharesModule {}

/**
 * Compiles modules that use the database only for the identity of the hub, which is then in memory. Replicas with the same secret key derive the
 * same ID from it, so they find each other in Redis.
 */
export function moduleWithoutDatabase(
  config: HubConfig,
  { imports = [], providers = [] }: Pick<ModuleMetadata, 'imports' | 'providers'>,
): Promise<TestingModule> {
  return Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), ObservabilityModule, ClientSharesModule, ...imports],
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
