import { Module, type DynamicModule } from '@nestjs/common';
import { CLOCK, MONOTONIC_CLOCK, type Clock, type MonotonicClock } from './clock.js';
import { HUB_CONFIG, type HubConfig } from './hub-config.js';

const clock: Clock = () => new Date();
const monotonicClock: MonotonicClock = () => performance.now();

/** Provides the configuration and the clocks to all modules. */
@Module({})
export class ConfigModule {
  static forRoot(config: HubConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: HUB_CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
        { provide: MONOTONIC_CLOCK, useValue: monotonicClock },
      ],
      exports: [HUB_CONFIG, CLOCK, MONOTONIC_CLOCK],
    };
  }
}
