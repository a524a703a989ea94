import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { HubSettings } from './hub-settings.js';
import { INSTANCE_ID, instanceIdOf } from './instance-id.js';
import { SecretKeys } from './secret-keys.js';

/** The ID of the hub and its secret keys, which are the same on all replicas. */
@Module({
  providers: [
    { provide: HubSettings, inject: [DataSource], useFactory: (database: DataSource) => new HubSettings(database) },
    {
      provide: SecretKeys,
      inject: [HUB_CONFIG, HubSettings],
      useFactory: ({ secretKeys }: HubConfig, settings: HubSettings) => SecretKeys.open(secretKeys, settings),
    },
    {
      provide: INSTANCE_ID,
      inject: [HUB_CONFIG, HubSettings],
      useFactory: ({ secretKeys }: HubConfig, settings: HubSettings) => instanceIdOf(secretKeys, settings),
    },
  ],
  exports: [HubSettings, SecretKeys, INSTANCE_ID],
})
export class IdentityModule {}
