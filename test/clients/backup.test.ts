import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commitBody, fileLine } from '../support/commit-body.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { postgresBinaries, PostgresServer } from '../support/postgres-server.js';

// Creates and restores backups as described in docs/operations.md, and checks the restored hub.
const run = promisify(execFile);
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

it('restores an embedded hub from its data directory', async () => {
  const [before, copy, after] = [join(folder, 'data'), join(folder, 'backup.tar'), join(folder, 'restored')];
  const hub = await start(before);
  const token = await addContent(hub);
  await hub.stop();
  await run('tar', ['-cf', copy, 'data'], { cwd: folder });
  await rm(before, { recursive: true });
  await mkdir(after);
  await run('tar', ['-xf', copy, '-C', after]);
  await expectContent(await start(join(after, 'data')), token);
});

const onPostgres = postgresBinaries() === undefined ? it.skip : it; // skipped if PostgreSQL is not installed

onPostgres('restores a hub on PostgreSQL from a dump, a copy of the storage and the secret key', async () => {
  const server = await PostgresServer.start();
  try {
    const env = { KOHAKU_HUB_SECRET_KEY: 'the-key-that-is-kept-elsewhere-0123456789' };
    const [first, second] = [await server.newDatabase(), await server.newDatabase()];
    const [before, after] = [join(folder, 'before'), join(folder, 'after')];
    const hub = await start(before, { ...env, KOHAKU_HUB_DATABASE_URL: first });
    const token = await addContent(hub);
    const program = (name: string): string => join(postgresBinaries()!, name);
    await run(program('pg_dump'), ['-Fc', '-f', join(folder, 'hub.dump'), first]);
    await cp(join(before, 'blobs'), join(folder, 'blobs'), { recursive: true });
    await hub.close();
    await run(program('pg_restore'), ['--exit-on-error', '-d', second, join(folder, 'hub.dump')]);
    await cp(join(folder, 'blobs'), join(after, 'blobs'), { recursive: true });
    await expectContent(await start(after, { ...env, KOHAKU_HUB_DATABASE_URL: second }), token);
  } finally {
    await Promise.all(running.splice(0).map((service) => service.close()));
    await server.stop();
  }
});
