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

/** How a test wants its hub. */
export interface HubOptions {
  /** Variables of the environment; nothing of the test's own environment is taken. No source, unless one is given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further rooms, such as controllers that fail on purpose. */
  readonly modules?: readonly (DynamicModule | Type)[];
  /** Called when the hub is set up and not listening yet. */
  readonly configure?: (app: NestExpressApplication) => void | Promise<void>;
  /** How long `close` lets requests in flight go on. */
  readonly graceMs?: number;
  /** Starts on an empty data directory, which then takes longer; by default the database is there, migrated and empty. */
  readonly firstStart?: boolean;
}

/** A hub that runs in this process, and listens on a port of its own. */
export interface RunningHub {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly config: HubConfig;
  readonly adminToken: string;
  close(): Promise<void>;
}

@Module({})
class TestHub {}

/** The port is taken before the hub is made, since its configuration must name it. */
const takePort = (): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

async function listenOn(taken: Server, app: NestExpressApplication): Promise<void> {
  await app.init();
  // Node hands the open socket on: nobody else can take the port in between.
  await new Promise<void>((resolve) => app.getHttpServer().listen(taken, () => resolve()));
}

/** Starts the whole hub as `main.ts` does, on the loopback address, with a fresh data directory that `close` removes. */
export async function startHub(options: HubOptions = {}): Promise<RunningHub> {
  const { env, modules = [], configure, graceMs, firstStart = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hubfall-test-'));
  if (!firstStart) await copyPreparedDatabase(folder);
  const taken = await takePort();
  const { port } = taken.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const own = { PORT: `${port}`, KOHAKU_HUB_BASE_URL: url, KOHAKU_HUB_DATA_DIR: folder, LOG_LEVEL: 'silent' };
  const config = parseEnv(
    { ...own, KOHAKU_HUB_FALLBACK_SOURCES: '[]', ...env },
    { secretsIn, version: hubVersion(), sourceTypes: SOURCE_TYPES },
  );
  const logger = await HubLogger.create(config.log);
  const root = { module: TestHub, imports: [AppModule.forRoot(config), ...modules] };
  const app = await NestFactory.create<NestExpressApplication>(root, new FastExpressAdapter(graceMs), {
    ...{ logger, bodyParser: false, abortOnError: false },
  });
  configureApp(app, config);
  await configure?.(app);
  await listenOn(taken, app);
  const close = async (): Promise<void> => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, app, config, adminToken: config.admin.token, close };
}
