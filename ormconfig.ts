import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { SOURCE_TYPES } from './src/fallback/strategies/strategies.js';
import { loadConfig } from './src/platform/config/load-config.js';
import { secretsIn } from './src/platform/config/secrets.js';
import { dataSourceOptions } from './src/platform/database/data-source-options.js';

/** For TypeORM's command line only (`-d dist/ormconfig.js`): the entities of all modules; migrations run only on command. */
export default new DataSource({
  ...(await dataSourceOptions(loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES }))),
  entities: [fileURLToPath(new URL('./src/**/*.entity.js', import.meta.url))],
  migrationsRun: false,
});
