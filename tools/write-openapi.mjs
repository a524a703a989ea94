// Writes openapi.json from the built program, or checks with --check whether the committed file is up to date.
// Uses the built program, because the Swagger plugin runs at build time.
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { format, resolveConfig } from 'prettier';

const root = new URL('../', import.meta.url);
const file = new URL('openapi.json', root);
const built = (path) => import(new URL(`dist/src/${path}`, root).href);

const { AppModule } = await built('app/app.module.js');
const { describeApi } = await built('app/openapi.js');
const { parseEnv } = await built('platform/config/env.js');
const { hubVersion } = await built('platform/config/load-config.js');

const { SOURCE_TYPES } = await built('fallback/strategies/strategies.js');

const secretsIn = () => ({ adminToken: 'not used here', secretKey: 'not used here' });
const config = parseEnv({}, { secretsIn, version: hubVersion(), sourceTypes: SOURCE_TYPES });
// preview: modules are read, but nothing is instantiated and no database is opened
const app = await NestFactory.create(AppModule.forRoot(config), {
  preview: true,
  logger: ['error'],
  abortOnError: false,
});
const options = { ...(await resolveConfig(file)), parser: 'json' };
const text = await format(JSON.stringify(describeApi(app, config)), options);

if (!process.argv.includes('--check')) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('openapi.json is out of date. Run: npm run openapi');
  process.exitCode = 1;
}
