import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { dataSourceOptions } from './data-source-options.js';
import { builtImage } from './database-image.js';
import { DatabaseHealth } from './database-health.service.js';
import { DatabaseMetrics } from './database-metrics.service.js';
import { DatabaseTraces } from './database-traces.service.js';
import { EmbeddedMaintenance } from './embedded-maintenance.service.js';
import { openDataSource } from './open-data-source.js';

/** The database connection, which is opened and migrated at startup and closed at shutdown. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => ({
        ...(await dataSourceOptions(config, builtImage())),
        autoLoadEntities: true,
        // a database server may start after the hub; for the embedded database, retrying would not help
        retryAttempts: config.databaseUrl ? 10 : 0,
      }),
      dataSourceFactory: async (options) => (await openDataSource(options!)).source,
    }),
  ],
  providers: [DatabaseHealth, DatabaseMetrics, DatabaseTraces, EmbeddedMaintenance],
})
export class DatabaseModule {}
