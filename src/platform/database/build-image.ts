import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { sealImage } from './database-image.js';
import { dataSourceOptions } from './data-source-options.js';
import { openDataSource } from './open-data-source.js';

/** Builds the image that a new embedded database starts from: an empty, migrated database. Part of the build. */
export async function buildImage(image: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-image-'));
  try {
    const { source } = await openDataSource(await dataSourceOptions({ databaseUrl: undefined, dataDir }));
    await dropTemplates(source);
    await source.query('CHECKPOINT'); // leaves no log to replay at the first start
    await source.destroy();
    await sealImage(join(dataDir, 'pgdata'), image);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Drops the templates of CREATE DATABASE, which are two thirds of the files. The hub never creates another database. */
async function dropTemplates(source: DataSource): Promise<void> {
  for (const template of ['template0', 'template1']) {
    await source.query(`ALTER DATABASE ${template} IS_TEMPLATE false`);
    await source.query(`DROP DATABASE ${template}`);
  }
}
