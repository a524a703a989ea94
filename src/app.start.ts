import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { configureApp } from './app.setup.js';
import { endOnSignal } from './app.signals.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { FastExpressAdapter } from './platform/http/fast-express.adapter.js';
import { HubLogger } from './platform/observability/hub-logger.js';

/**
 * Starts the hub in this process. Resolves when it listens.
 * @param unknown variables that look like settings of the hub and are not
 */
export async function startHub(config: HubConfig, unknown: readonly string[]): Promise<void> {
  const logger = await HubLogger.create(config.log);
  for (const name of unknown) logger.warn(`${name} is not a variable of this version; see .env.example`);
  const adapter = new FastExpressAdapter(config.shutdown.timeoutMs);
  const options = { logger, bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), adapter, options);
  endOnSignal(app, config.shutdown, (code) => process.exit(code));
  await configureApp(app, config).listen(config.port, config.host);
}
