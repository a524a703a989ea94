import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { COMMANDS } from './app/commands.js';
import { AppModule } from './app/app.module.js';
import { configureApp } from './app/configure-app.js';
import { shutDownOnSignal } from './app/signals.js';
import { SOURCE_TYPES } from './fallback/strategies/strategies.js';
import { unknownNames } from './platform/config/env.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { loadConfig } from './platform/config/load-config.js';
import { secretFiles, secretsIn } from './platform/config/secrets.js';
import { FastExpressAdapter } from './platform/http/fast-express.adapter.js';
import { describeBootError, CommandError } from './app/describe-boot-error.js';
import { HubLogger } from './platform/observability/hub-logger.js';

/** The message after startup. It does not include the admin token, because terminal output and logs are stored. */
function startupMessage(config: HubConfig): string {
  const admin = process.env.KOHAKU_HUB_ADMIN_SECRET_TOKEN
    ? 'the value of KOHAKU_HUB_ADMIN_SECRET_TOKEN'
    : `in the file ${secretFiles(config.dataDir).adminToken}`;
  return [
    `Hubfall ${config.version} is up.`,
    `  Hub:         ${config.baseUrl}`,
    `  API docs:    ${config.baseUrl}/docs`,
    `  Admin token: ${config.admin.enabled ? admin : 'the admin API is disabled'}`,
    '',
  ].join('\n');
}

async function serve(): Promise<void> {
  const config = loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES });
  const logger = await HubLogger.create(config.log);
  for (const name of unknownNames(process.env))
    logger.warn(`${name} is not a setting of this version. See .env.example for all settings.`);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(config),
    new FastExpressAdapter(config.shutdown.timeoutMs),
    {
      logger,
      bodyParser: false,
      abortOnError: false,
    },
  );
  shutDownOnSignal(app, config.shutdown, (code) => process.exit(code));
  await configureApp(app, config).listen(config.port, config.host);
  process.stdout.write(startupMessage(config));
}

async function main(name: string | undefined): Promise<void> {
  if (name === undefined) return serve();
  const command = COMMANDS.get(name);
  if (!command)
    throw new CommandError(
      `Unknown command ${name}. Use ${[...COMMANDS.keys()].join(' or ')}, or no command to start the hub.`,
    );
  process.stdout.write(`${await command()}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${describeBootError(error)}\n`);
  process.exit(1);
});
