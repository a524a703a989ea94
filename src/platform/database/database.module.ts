import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { dataSourceOptions } from './data-source-options.js';
import { builtImage } from './database-image.js';
import { DatabaseHealth } from './database-health.service.js';
import { DatabaseMetrics } from './database-metrics.service.js';
import { DatabaseTraces } from './database-traces.service.js';
import { openDataSource } from './open-data-source.js';

/** The database for every room: opened and migrated at start, closed with the application. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => ({
        ...(await dataSourceOptions(config, builtImage())),
        autoLoadEntities: true,
        // a server may come up after us; the embedded database will not become better by asking again
        retryAttempts: config.databaseUrl ? 10 : 0,
      }),
      dataSourceFactory: async (options) => (await openDataSource(options!)).source,
    }),
  ],
  providers: [DatabaseHealth, DatabaseMetrics, DatabaseTraces],
})
export class DatabaseModule {}
