import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { CheckReport } from '../../src/app/check/check-report.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { postgresBinaries, PostgresServer } from '../support/postgres-server.js';
import { missingS3Programs, S3Server } from '../support/s3-server.js';
import { s3Variables } from '../support/s3-variables.js';

// Creates and restores backups as described in docs/operations.md, and checks the restored hub.
const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const OPERATIONS = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const SYNC = join(ROOT, 'test/support/copy-bucket.mjs');
const SOURCE = { name: 'Far', url: 'http://127.0.0.1:9', source_type: 'huggingface', token: 'hf_far' } as const;
const large = 'many words '.repeat(50_000);

let folder: string;
const running: HubProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubfall-backup-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((hub) => hub.close()));
  await rm(folder, { recursive: true, force: true });
});

const start = async (dataDir: string, env: Record<string, string> = {}): Promise<HubProcess> => {
  await mkdir(dataDir, { recursive: true });
  const hub = await HubProcess.start({ sources: [], dataDir, env });
  running.push(hub);
  return hub;
};

/**
 * Creates an account, a repository with two files, and a stored source with a token.
 * @returns an access token of the account
 */
async function addContent({ url, adminToken }: HubProcess): Promise<string> {
  const token = await registerUser(url, 'alice');
  const post = async (path: string, body: string, headers: Record<string, string>): Promise<void> => {
    const answer = await fetch(url + path, { method: 'POST', body, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const bearer = { authorization: `Bearer ${token}` };
  const typed = { 'content-type': 'application/json' };
  await post('/api/repos/create', JSON.stringify({ type: 'model', name: 'kept' }), { ...bearer, ...typed });
  const files = [fileLine('a.txt', 'abc'), fileLine('deep/large.txt', large)];
  await post('/api/models/alice/kept/commit/main', commitBody('Add', ...files), {
    ...bearer,
    'content-type': 'application/x-ndjson',
  });
  await post('/admin/api/fallback-sources', JSON.stringify(SOURCE), { 'x-admin-token': adminToken, ...typed });
  return token;
}

/** Expects all of that content, and that the token of the source can be decrypted. */
async function expectContent({ url, adminToken }: HubProcess, token: string): Promise<void> {
  const text = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
    (await fetch(url + path, { headers })).text();
  expect(await text('/alice/kept/resolve/main/a.txt')).toBe('abc');
  expect((await text('/alice/kept/resolve/main/deep/large.txt')) === large).toBe(true);
  expect(JSON.parse(await text('/api/whoami-v2', { authorization: `Bearer ${token}` }))).toMatchObject({
    name: 'alice',
  });
  const sources = await text('/admin/api/fallback-sources', { 'x-admin-token': adminToken });
  expect(JSON.parse(sources)).toEqual([expect.objectContaining({ name: 'Far', has_token: true })]);
}

/** The commands and statements of a section of docs/operations.md. */
const codeOf = (heading: string, language: string): string[] => {
  const [, section = ''] = OPERATIONS.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^\`]*)\`\`\``, 'gm'))].flatMap(([, code]) =>
    code!.trim().split('\n'),
  );
};
const COMMANDS = codeOf('How do I back up and restore it?', 'sh');

/** Runs the commands that begin with one of these texts, in a folder. */
async function runDocumented(
  beginnings: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const chosen = COMMANDS.filter((command) => beginnings.some((text) => command.startsWith(text)));
  expect(chosen).toHaveLength(beginnings.length);
  let output = '';
  for (const command of chosen) output = (await run('sh', ['-c', command], { cwd, env })).stdout;
  return output;
}

it('restores an embedded hub from its data directory', async () => {
  const [before, after] = [join(folder, 'data'), join(folder, 'restored')];
  const hub = await start(before);
  const token = await addContent(hub);
  await hub.stop();
  await runDocumented(['tar -cf'], folder);
  await rm(before, { recursive: true });
  await mkdir(after);
  await rename(join(folder, 'backup.tar'), join(after, 'backup.tar'));
  await runDocumented(['tar -xf'], after);
  await expectContent(await start(join(after, 'data')), token);
});

const missing = postgresBinaries() === undefined ? 'no PostgreSQL' : missingS3Programs();
const onServers = missing === undefined ? it : it.skip; // skipped if PostgreSQL or Ceph's gateway is not installed

onServers('restores a hub into another database and another bucket, with every file', async () => {
  const [server, s3] = await Promise.all([PostgresServer.start(), S3Server.start()]);
  try {
    const names = ['hubfall', 'hubfall-backup', 'hubfall-restored'] as const;
    const [bucket, , restored] = await Promise.all(names.map((name) => s3.namedBucket(name)));
    const secret = { KOHAKU_HUB_SECRET_KEY: 'the-key-that-is-kept-elsewhere-0123456789' };
    const database = await server.newDatabase();
    const first = { ...secret, KOHAKU_HUB_DATABASE_URL: database, ...s3Variables(bucket!) };
    const hub = await start(join(folder, 'before'), first);
    const token = await addContent(hub);
    const aws = { HUBFALL_TEST_S3: JSON.stringify(s3.config('')), PATH: await withAws() };
    await runDocumented(['pg_dump', 'aws s3 sync --only-show-errors s3://hubfall s3'], folder, { ...first, ...aws });
    await hub.close();

    for (const statement of codeOf('What does it need from PostgreSQL?', 'sql')) await sql(database, statement);
    const url = database.replace(/\/\/hub@(.*)\/[^/]*$/, '//hubfall@$1/hubfall');
    await runDocumented(['pg_restore', 'aws s3 sync --only-show-errors s3://hubfall-backup'], folder, {
      ...aws,
      NEW_DATABASE_URL: url,
    });
    const second = { ...secret, KOHAKU_HUB_DATABASE_URL: url, ...s3Variables(restored!) };
    const report = await runDocumented(['node dist/src/main.js claim-storage', 'node dist/src/main.js check'], ROOT, {
      ...second,
      PATH: process.env['PATH'],
      KOHAKU_HUB_DATA_DIR: join(folder, 'after'),
    });
    const { status, checks, notes } = JSON.parse(report) as CheckReport;
    const files = checks.find(({ name }) => name === 'contents')!.examined;
    expect([status, files, notes[0]]).toEqual([
      'ok',
      3,
      expect.stringMatching(/^Read 3 files \(.*\) and compared them/),
    ]);
    await expectContent(await start(join(folder, 'after'), second), token);
  } finally {
    await Promise.all(running.splice(0).map((service) => service.close()));
    await Promise.all([server.stop(), s3.stop()]);
  }
});

/** The programs of PostgreSQL, and a program `aws` that copies buckets: the AWS CLI is not available for the tests. */
async function withAws(): Promise<string> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'aws'), `#!/bin/sh\nexec ${process.execPath} ${SYNC} "$4" "$5"\n`, { mode: 0o755 });
  return [programs, postgresBinaries(), process.env['PATH']].join(delimiter);
}

async function sql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
