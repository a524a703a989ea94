import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { freePort } from '../support/free-port.js';
import { HubProgram, type ExitResult } from '../support/hub-program.js';
import { CANNOT_MOUNT, canMount, onMountedDisk } from '../support/mounted-disk.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const STARTED = 'Admin token:';
/** A database server that does not run. */
const SERVER = {
  KOHAKU_HUB_DATABASE_URL: 'postgresql://hub@127.0.0.1:1/hub',
  KOHAKU_HUB_SECRET_KEY: '0f4b8c2d7e6a91350f4b8c2d7e6a9135',
  KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'c71e0a94d2b85f36c71e0a94d2b85f36',
};
/** Nothing but temporary files is in the data directory. */
const SERVER_AND_BUCKET = {
  ...SERVER,
  KOHAKU_HUB_STORAGE: 's3',
  KOHAKU_HUB_S3_BUCKET: 'hub',
  KOHAKU_HUB_S3_ACCESS_KEY: 'key',
  KOHAKU_HUB_S3_SECRET_KEY: 'a-secret-key',
};
const outputSummary = ({ code, stdout, stderr }: ExitResult): unknown[] => [
  code,
  stdout,
  stderr.trimEnd().split('\n').length,
];

const logLines = (output: string): Record<string, unknown>[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('hub program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await temporaryFolder(), 'data');
  });

  it('does not start with a published secret where other machines can connect', async () => {
    const env = { HOST: '0.0.0.0', PORT: '0', KOHAKU_HUB_DATA_DIR: folder };
    const token = 'only-for-trying-out-0123456789abcdef';
    const refused = await new HubProgram({ ...env, KOHAKU_HUB_ADMIN_SECRET_TOKEN: token }).ended;
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('KOHAKU_HUB_ADMIN_SECRET_TOKEN is a published example');
    expect(existsSync(folder)).toBe(false);
  });

  it('names the file of its admin token', async () => {
    const file = join(await temporaryFolder(), 'token');
    await writeFile(file, 'the-admin-token\n');
    const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const hub = new HubProgram({ ...env, KOHAKU_HUB_ADMIN_SECRET_TOKEN_FILE: file });
    expect(await hub.waitForOutput(STARTED)).not.toContain('is not a setting');
    expect((await hub.stop()).stdout).toContain(`Admin token: in the file ${file}"`);
  });

  describe('while running', () => {
    let port: number;
    let data: string;
    let hub: HubProgram;
    let output: string;
    beforeAll(async () => {
      port = await freePort();
      data = join(await temporaryFolder(), 'data');
      const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: data, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
      hub = new HubProgram({ ...env, KOHAKU_HUB_BASEURL: 'x' });
      output = await hub.waitForOutput(STARTED);
    });
    afterAll(() => hub?.stop());

    it('warns about an unknown KOHAKU_HUB variable', () => {
      expect(output).toContain('KOHAKU_HUB_BASEURL is not a setting');
    });

    it('locks its data directory', async () => {
      const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: data, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
      const second = await new HubProgram(env).ended;
      expect(outputSummary(second)).toEqual([1, '', 1]);
      expect(second.stderr).toContain(data);
      const checked = await new HubProgram(env, ['check']).ended;
      expect([checked.code, JSON.parse(checked.stdout)]).toEqual([
        2,
        {
          format: 1,
          status: 'failed',
          error: expect.stringContaining(`is using the data directory ${data}; stop it`) as string,
        },
      ]);
    });

    it('logs JSON only: its URLs at startup, and requests until it stops, at once, on SIGTERM', async () => {
      const file = join(data, 'secrets', 'admin-token');
      expect(logLines(output).at(-1)).toMatchObject({
        msg: expect.stringMatching(/^Hubfall [\d.]+ is up\. Admin token: in the file /) as string,
        addresses: [`http://localhost:${port}`],
        docs: `http://localhost:${port}/docs`,
      });
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`); // leaves a keep-alive connection, which must not delay the stop
      expect(answer.status).toBe(200);
      await fetch(`http://127.0.0.1:${port}/api/datasets/no/such`);
      const { code, stdout, stderr } = await hub.stop();
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toContain(readFileSync(file, 'utf8').trim());
      expect(logLines(stdout).find(({ path }) => path === '/api/datasets/no/such')).toMatchObject({
        level: 'info',
        status: 404,
        repo: 'dataset:no/such',
      });
    });
  });

  it('is not ready and closes connections while shutting down, and stops at once on a second signal', async () => {
    const port = await freePort();
    const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const hub = new HubProgram({ ...env, KOHAKU_HUB_SHUTDOWN_DELAY: '600' });
    await hub.waitForOutput(STARTED);
    void hub.stop();
    let ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    while (ready.ok) ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    expect((await fetch(`http://127.0.0.1:${port}/api/version`)).status).toBe(200);
    expect((await hub.stop()).code).toBe(143);
  });

  it('ends with an explanation if its embedded database crashes, and starts again', async () => {
    const crashFile = join(await temporaryFolder(), 'crash');
    const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const hooks = `--import=${resolve(import.meta.dirname, '../support/crash-on-file.mjs')}`;
    const hub = new HubProgram({ ...env, NODE_OPTIONS: hooks, CRASH_FILE: crashFile });
    await hub.waitForOutput(STARTED);
    await writeFile(crashFile, '');
    const crashed = await hub.ended;
    expect([crashed.code, crashed.stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(crashed.stderr).toMatch(/^The embedded database in .* has ended unexpectedly \(a crash of the test\)/);
    const next = new HubProgram(env);
    await next.waitForOutput(STARTED);
    expect((await next.stop()).code).toBe(0);
  });

  it('runs the commands migrate and check, and rejects unknown commands', async () => {
    const env = { KOHAKU_HUB_DATA_DIR: folder };
    const early = await new HubProgram(env, ['check']).ended;
    expect([early.code, early.stderr, existsSync(folder)]).toEqual([
      2,
      `The data directory ${folder} has no database. Check KOHAKU_HUB_DATA_DIR and KOHAKU_HUB_DATABASE_URL.\n`,
      false,
    ]);
    const first = await new HubProgram(env, ['migrate']).ended;
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^Migrated: InitialSchema\d+, /)]);
    expect((await new HubProgram(env, ['migrate']).ended).stdout).toBe('The database is up to date.\n');
    const { code, stdout, stderr } = await new HubProgram(env, ['check', '--hashes', 'all']).ended;
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ status: 'ok', database: 'embedded', hashes: 'all' }),
    ]);
    expect(stderr).toMatch(/^Checking sources…\n[\s\S]*The database and the storage agree\.\n$/);
    const odd = await new HubProgram(env, ['migrates']).ended;
    expect([odd.code, odd.stderr]).toEqual([
      1,
      'Unknown command migrates. Use migrate, rotate-key, claim-storage, check, or doctor, or no command to start the hub.\n',
    ]);
  });

  it('examines the installation with the command doctor', () => {
    const program = `ulimit -n 512; exec ${process.execPath} ${resolve('dist/src/main.js')} doctor`;
    const env = { PATH: '', PORT: '1', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const lines = spawnSync('/bin/sh', ['-c', program], { env, encoding: 'utf8' });
    expect([lines.status, lines.stderr, existsSync(folder)]).toEqual([1, '', false]);
    expect(lines.stdout).toMatch(/^ok {7}settings {3}The settings are valid/);
    expect(lines.stdout).toMatch(/^problem {2}limits {5}The process may open 512 files, .* → Raise the limit to 8192/m);
    expect(lines.stdout).toMatch(/\n1 problem, \d warnings?, \d ok\.\n$/);
  });

  it('deletes what the command doctor has created if it is interrupted', async () => {
    const token = 'an-admin-token-0123456789abcdef';
    const port = String(await freePort());
    const env = { PORT: port, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const secrets = { KOHAKU_HUB_ADMIN_SECRET_TOKEN: token };
    const hub = new HubProgram({ ...env, ...secrets, KOHAKU_HUB_ADMIN_ENABLED: 'true' });
    await hub.waitForOutput('http://');
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const connection = new Promise((connected) => silent.once('connection', connected));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const doctor = new HubProgram({ ...env, ...secrets }, ['doctor', '--url', url]);
    await connection;
    const accounts = async (): Promise<string[]> => {
      const headers = { 'x-admin-token': token };
      const response = await fetch(`http://127.0.0.1:${port}/admin/api/accounts`, { headers });
      return ((await response.json()) as { accounts: { name: string }[] }).accounts.map(({ name }) => name);
    };
    expect(await accounts()).toEqual([expect.stringMatching(/^doctor-/)]);
    const { code, stderr } = await doctor.stop('SIGINT');
    expect([code, stderr]).toEqual([130, expect.stringContaining('Interrupted. Deleting')]);
    expect(await accounts()).toEqual([]);
    await hub.stop();
    silent.close();
  }, 60_000);

  it('rotates the secret key, keeps source tokens readable, and continues an interrupted rotation', async () => {
    const port = await freePort();
    const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'the-admin-token' };
    const admin = async (method: string, body?: object): Promise<unknown> => {
      const headers = { 'x-admin-token': 'the-admin-token', 'content-type': 'application/json' };
      const url = `http://127.0.0.1:${port}/admin/api/fallback-sources${method === 'GET' ? '/health' : ''}`;
      return (await fetch(url, { method, headers, body: JSON.stringify(body) })).json();
    };
    const hub = new HubProgram(env);
    await hub.waitForOutput(STARTED);
    await admin('POST', { name: 'S', url: 'http://127.0.0.1:1', source_type: 'huggingface', token: 'hf_secret' });
    const file = join(folder, 'secrets', 'secret-key');
    const before = readFileSync(file, 'utf8');
    const running = await new HubProgram(env, ['rotate-key']).ended;
    expect([running.code, running.stderr]).toEqual([1, expect.stringContaining('Another process is using')]);
    expect(existsSync(`${file}.next`)).toBe(false);
    await hub.stop();

    await writeFile(`${file}.next`, 'a-key-created-before-the-interruption\n');
    const refused = await new HubProgram(env).ended;
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Run the rotate-key command again')]);
    const rotated = await new HubProgram(env, ['rotate-key']).ended;
    expect([rotated.code, rotated.stdout]).toEqual([
      0,
      expect.stringMatching(/^Encrypted 1 credentials with the first key/),
    ]);
    expect(readFileSync(file, 'utf8')).toBe('a-key-created-before-the-interruption\n');
    expect(rotated.stdout + rotated.stderr).not.toMatch(new RegExp(`hf_secret|created-before|${before.trim()}`));

    const again = new HubProgram(env);
    await again.waitForOutput(STARTED);
    expect(await admin('GET')).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ name: 'S', token: 'unknown' })]) as object,
    );
    await again.stop();
  });

  it('reports a port in use, and creates no files', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    const hub = await new HubProgram({ PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder }).ended;
    other.close();
    expect(outputSummary(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toBe(`Port ${port} is in use by another program; set PORT to a free one.\n`);
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['alone', {}],
    ['with a bucket and a database server', SERVER_AND_BUCKET],
  ])('reports a data directory that is a file, %s', async (_case, env) => {
    await writeFile(folder, '');
    const hub = await new HubProgram({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder, ...env }).ended;
    expect(outputSummary(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toContain(`The data directory ${folder} cannot be used: there is a file`);
    expect(hub.stderr).toContain('KOHAKU_HUB_DATA_DIR');
  });

  it('reports a database server that is unreachable in one sentence, without an error in its log', async () => {
    const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_STARTUP_TIMEOUT: '0' };
    const hub = await new HubProgram({ ...env, ...SERVER }).ended;
    expect(outputSummary(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toMatch(/^The database does not respond \(ECONNREFUSED\)/);
  });

  it('deletes partial uploads of a crashed process, and prints the port that the system chose', async () => {
    for (const store of ['blobs', 'parts']) {
      await mkdir(join(folder, store, 'incoming'), { recursive: true });
      await writeFile(join(folder, store, 'incoming', 'partial'), 'x');
    }
    const hub = new HubProgram({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder });
    const url = /http:[^"\s]+/.exec(await hub.waitForOutput(STARTED))![0];
    expect((await fetch(`${url}/api/version`)).status).toBe(200);
    expect(['blobs', 'parts'].map((store) => readdirSync(join(folder, store, 'incoming')))).toEqual([[], []]);
    await hub.stop();
  });

  it('reports a damaged database without a stack trace', async () => {
    await mkdir(join(folder, 'pgdata'), { recursive: true });
    await writeFile(join(folder, 'pgdata', 'PG_VERSION'), 'nonsense');
    const hub = await new HubProgram({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect(hub.code).toBe(1);
    expect(hub.stderr).toMatch(/The embedded database in .* did not start .*restore the directory from a backup\.\n$/);
    expect(hub.stderr).not.toMatch(/^ {4}at /m);
  });

  describe('on an unusable disk', () => {
    if (!canMount()) {
      it.skip(CANNOT_MOUNT, () => {});
      return;
    }
    it.each([
      ['ro', 'it is on a read-only file system. Make it writable, '],
      ['size=4k', 'its disk is full. Free some space, '],
      ['size=20m', 'its disk has 20 MB free, and a new database needs 64 MB. Free some space, '],
    ])('(%s), it reports this in one sentence', async (options, problem) => {
      await mkdir(folder);
      const env = ['PORT=0', 'HOST=127.0.0.1', `KOHAKU_HUB_DATA_DIR=${folder}`];
      const hub = onMountedDisk(options, folder, ['env', ...env, process.execPath, resolve('dist/src/main.js')]);
      expect([hub.status, hub.stdout]).toEqual([1, '']);
      const remedy = 'or set KOHAKU_HUB_DATA_DIR to another directory.';
      expect(hub.stderr).toBe(`The data directory ${folder} cannot be used: ${problem}${remedy}\n`);
    });
  });

  it('reports all invalid environment variables, and creates no files', async () => {
    const hub = await new HubProgram({ PORT: 'x', LOG_LEVEL: 'loud', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect([hub.code, hub.stdout]).toEqual([1, '']);
    expect(hub.stderr).toMatch(/^Invalid environment:\n {2}- PORT is "x": .*\n {2}- LOG_LEVEL is "loud": .*\n$/);
    expect(() => readFileSync(folder)).toThrow('ENOENT');
  });
});
