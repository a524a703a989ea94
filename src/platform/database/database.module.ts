import { Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { dataSourceOptions } from './data-source-options.js';
import { builtImage } from './database-image.js';
import { DatabaseHealth } from './database-health.service.js';
import { DatabaseMetrics } from './database-metrics.service.js';
import { DatabaseTraces } from './database-traces.service.js';
import { EmbeddedMaintenance } from './embedded-maintenance.service.js';
import { openDataSource } from './open-data-source.js';
import { describeNewerSchema } from './schema-version.js';

/** The options that `useFactory` adds, since `dataSourceFactory` gets nothing else. */
interface Waiting {
  readonly waitMs: number;
}

/** The database connection, which is opened and migrated at startup and closed at shutdown. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => ({
        ...(await dataSourceOptions(config, builtImage())),
        autoLoadEntities: true,
        toRetry: () => false, // `openDataSource` waits; a retry would log the error in addition to the sentence of `main.ts`
        waitMs: config.startup.timeoutMs,
      }),
      dataSourceFactory: async (options) => {
        const { source, newer } = await openDataSource(options!, (options as unknown as Waiting).waitMs);
        if (newer.length > 0) new Logger('Database').warn(describeNewerSchema(newer));
        return source;
      },
    }),
  ],
  providers: [DatabaseHealth, DatabaseMetrics, DatabaseTraces, EmbeddedMaintenance],
})
export class DatabaseModule {}
