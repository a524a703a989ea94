import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { configureApp } from './app.setup.js';
import { unknownNames } from './platform/config/env.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { loadConfig } from './platform/config/load-config.js';
import { secretFiles } from './platform/config/secrets.js';
import { FastExpressAdapter } from './platform/http/fast-express.adapter.js';
import { bootFault } from './platform/observability/boot-fault.js';
import { HubLogger } from './platform/observability/hub-logger.js';

/** What a person who has just started the hub wants to know. The token itself is never printed: terminals and logs are kept. */
function announce(config: HubConfig): string {
  const admin = process.env.KOHAKU_HUB_ADMIN_SECRET_TOKEN
    ? 'the one in KOHAKU_HUB_ADMIN_SECRET_TOKEN'
    : `in the file ${secretFiles(config.dataDir).adminToken}`;
  return [
    `Hubfall ${config.version} is up.`,
    `  Hub:         ${config.baseUrl}`,
    `  API docs:    ${config.baseUrl}/docs`,
    `  Admin token: ${config.admin.enabled ? admin : 'the admin API is switched off'}`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = await HubLogger.create(config.log);
  for (const name of unknownNames(process.env))
    logger.warn(`${name} is not a variable of this version; see .env.example`);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), new FastExpressAdapter(), {
    ...{ logger, bodyParser: false, abortOnError: false },
  });
  await configureApp(app, config).listen(config.port, config.host);
  process.stdout.write(announce(config));
}

main().catch((error: unknown) => {
  process.stderr.write(`${bootFault(error)}\n`);
  process.exit(1);
});
