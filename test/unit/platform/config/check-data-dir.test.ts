import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDataDir, DataDirUnusableError } from '../../../../src/platform/config/check-data-dir.js';
import type { HubConfig } from '../../../../src/platform/config/hub-config.js';
import { buildHubConfig } from '../../../support/build-hub-config.js';

const OTHER_USER = 65_534;
const isRoot = process.geteuid?.() === 0;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubfall-data-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Checks the folder as a user without special rights. */
function problemOf(dataDir: string, more: Partial<HubConfig> = {}): string {
  if (isRoot) process.seteuid!(OTHER_USER);
  try {
    checkDataDir(buildHubConfig({}, { ...more, dataDir }));
    return 'none';
  } catch (error) {
    if (error instanceof DataDirUnusableError) return error.message.split('cannot be used: ')[1]!;
    throw error;
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

/** Creates a file or folder with these permissions in a folder that belongs to the other user. */
function create(path: string, mode: number, content?: string): string {
  const at = join(folder, path);
  if (isRoot) chownSync(folder, OTHER_USER, OTHER_USER);
  if (content === undefined) mkdirSync(at, { recursive: true });
  else {
    mkdirSync(join(at, '..'), { recursive: true, mode: 0o777 });
    chmodSync(join(at, '..'), 0o777);
    writeFileSync(at, content);
  }
  chmodSync(at, mode);
  return at;
}

it('accepts a folder that exists, and creates one that does not', () => {
  create('blobs', 0o777);
  expect(problemOf(folder)).toBe('none');
  expect(problemOf(join(folder, 'new', 'data'))).toBe('none');
});

it('reports a folder that cannot be created', () => {
  expect(problemOf('/proc/hubfall')).toMatch(/^it does not exist and cannot be created\. Create it, or set/);
});

it.each(['blobs', 'parts', 'pgdata'])('reports that %s is not writable', (name) => {
  const at = create(name, 0o555);
  expect(problemOf(folder)).toContain(`has no access at ${at}`);
});

it('reports a secret that is not readable', () => {
  const at = create('secrets/admin-token', 0o000, 'secret');
  expect(problemOf(folder)).toContain(`has no access at ${at}. Change its owner or permissions`);
});

it('reports a file in its place', () => {
  const at = create('file', 0o666, '');
  for (const path of [at, join(at, 'data'), join(at, 'data', 'hub')])
    expect(problemOf(path)).toContain(`there is a file at ${at}. Move it away`);
});

it('is needed with a bucket and a database server as well, for temporary files of uploads', () => {
  const s3 = { bucket: 'hub', endpoint: 'http://127.0.0.1:9' } as HubConfig['s3'];
  const more = { s3, databaseUrl: 'postgresql://127.0.0.1:9/hub', secretKeys: ['a-secret-key-of-a-test'] };
  expect(problemOf(create('file', 0o666, ''), more)).toContain('there is a file at');
  expect(problemOf(create('read-only', 0o555), more)).toContain('has no access at');
});
