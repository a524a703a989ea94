import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { HubConfig } from '../platform/config/hub-config.js';
import { FastExpressAdapter } from '../platform/http/fast-express.adapter.js';
import { HubLogger } from '../platform/observability/hub-logger.js';
import { AppModule } from './app.module.js';
import { configureApp } from './configure-app.js';
import { shutDownOnSignal } from './signals.js';

/**
 * Starts the hub in this process.
 * @param unknownVariables - environment variables that look like settings of the hub but are not
 * @returns the port on which it listens; with port 0, the system chooses one
 */
export async function startHub(config: HubConfig, unknownVariables: readonly string[]): Promise<number> {
  const logger = await HubLogger.create(config.log);
  for (const name of unknownVariables)
    logger.warn(`${name} is not a setting of this version. See .env.example for all settings.`);
  const adapter = new FastExpressAdapter({ graceMs: config.shutdown.timeoutMs, idleMs: config.clients.idleMs });
  const options = { logger, bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), adapter, options);
  shutDownOnSignal(app, config.shutdown, (code) => process.exit(code));
  const server = (await configureApp(app, config).listen(config.port, config.host)) as Server;
  return (server.address() as AddressInfo).port;
}
