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
import { startupFields, startupMessage } from './startup-message.js';

/**
 * Starts the hub in this process, and prints its addresses.
 * @param unknownVariables - environment variables that look like settings of the hub but are not
 */
export async function startHub(config: HubConfig, unknownVariables: readonly string[]): Promise<void> {
  const logger = await HubLogger.create(config.log);
  logWarnings(logger);
  for (const name of unknownVariables)
    logger.warn(`${name} is not a setting of this version. See .env.example for all settings.`);
  const adapter = new FastExpressAdapter({ graceMs: config.shutdown.timeoutMs, idleMs: config.clients.idleMs });
  const options = { logger, bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), adapter, options);
  shutDownOnSignal(app, config.shutdown, (code) => process.exit(code));
  const server = (await configureApp(app, config).listen(config.port, config.host)) as Server;
  const started = { ...config, port: (server.address() as AddressInfo).port }; // with port 0, the system chooses one
  if (config.log.format === 'pretty') process.stdout.write(startupMessage(started));
  else logger.announce(startupFields(started), 'Startup');
}

/** Logs warnings of Node.js and packages, which would otherwise be printed between the log lines. */
function logWarnings(logger: HubLogger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => logger.warn(`${name}: ${message}`, 'Node'));
}
