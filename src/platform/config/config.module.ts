import { Module, type DynamicModule } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from './hub-config.js';

/** Gives every room the checked configuration. */
@Module({})
export class ConfigModule {
  static forRoot(config: HubConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: HUB_CONFIG, useValue: config }],
      exports: [HUB_CONFIG],
    };
  }
}
