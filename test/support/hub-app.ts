import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app/app.module.js';
import { configureApp } from '../../src/app/configure-app.js';
import { SOURCE_TYPES } from '../../src/fallback/strategies/strategies.js';
import { parseEnv } from '../../src/platform/config/env.js';
import type { HubConfig } from '../../src/platform/config/hub-config.js';
import { hubVersion } from '../../src/platform/config/load-config.js';
import { secretsIn } from '../../src/platform/config/secrets.js';
import { FastExpressAdapter } from '../../src/platform/http/fast-express.adapter.js';
import { HubLogger } from '../../src/platform/observability/hub-logger.js';
import { copyPreparedDatabase } from './prepared-database.js';

/** Options of a test hub. */
export interface HubOptions {
  /** Environment variables; the environment of the test process is not used. No sources by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Additional modules, for example with controllers that fail. */
  readonly modules?: readonly (DynamicModule | Type)[];
  /** Called after the hub is configured and before it listens. */
  readonly configure?: (app: NestExpressApplication) => void | Promise<void>;
  /** How long `close` waits for requests in flight. */
  readonly graceMs?: number;
  /** Starts with an empty data directory, which takes longer. By default there is an empty, migrated database. */
  readonly firstStart?: boolean;
}

/** A hub in this process. */
export interface RunningHub {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly config: HubConfig;
  readonly adminToken: string;
  close(): Promise<void>;
}

@Module({})
class TestHub {}

/** Reserves a port before the hub is created, because the configuration contains it. */
const reservePort = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

async function listenOn(reserved: Server, app: NestExpressApplication): Promise<void> {
  await app.init();
  // Listening on the open socket keeps the port reserved in between.
  await new Promise<void>((resolve) => app.getHttpServer().listen(reserved, () => resolve()));
}

/** Starts a hub as `main.ts` does, on the loopback address, with a new data directory that `close` deletes. */
export async function startHub(options: HubOptions = {}): Promise<RunningHub> {
  const folder = await mkdtemp(join(tmpdir(), 'hubfall-test-'));
  if (options.firstStart !== true) await copyPreparedDatabase(folder);
  const reserved = await reservePort();
  const deleteFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const { port } = reserved.address() as AddressInfo;
    const config = configOf(port, folder, options.env);
    const app = await createApp(config, options);
    await listenOn(reserved, app);
    const close = async (): Promise<void> => {
      await app.close();
      await deleteFolder();
    };
    return { url: `http://127.0.0.1:${port}`, app, config, adminToken: config.admin.token, close };
  } catch (error) {
    reserved.close(); // an open port would keep the process alive
    await deleteFolder();
    throw error;
  }
}

function configOf(port: number, folder: string, env: HubOptions['env']): HubConfig {
  const own = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, LOG_LEVEL: 'silent' };
  const sources = { KOHAKU_HUB_FALLBACK_SOURCES: '[]', KOHAKU_HUB_FALLBACK_TOKEN_CHECK_HOURS: '0' }; // tests count requests
  return parseEnv({ ...own, ...sources, ...env }, { secretsIn, version: hubVersion(), sourceTypes: SOURCE_TYPES });
}

async function createApp(
  config: HubConfig,
  { modules = [], configure, graceMs = 10_000 }: HubOptions,
): Promise<NestExpressApplication> {
  const logger = await HubLogger.create(config.log);
  const root = { module: TestHub, imports: [AppModule.forRoot(config), ...modules] };
  const adapter = new FastExpressAdapter({ graceMs, idleMs: config.clients.idleMs });
  const app = await NestFactory.create<NestExpressApplication>(root, adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  configureApp(app, config);
  await configure?.(app);
  return app;
}
