import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { HubProgram, type ExitResult } from '../support/hub-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const UP = 'Admin token:';
const oneSentence = ({ code, stdout, stderr }: ExitResult): unknown[] => [
  code,
  stdout,
  stderr.trimEnd().split('\n').length,
];

describe('the program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await temporaryFolder(), 'data');
  });

  describe('while it runs', () => {
    let port: number;
    let data: string;
    let hub: HubProgram;
    let said: string;
    beforeAll(async () => {
      port = await freePort();
      data = join(await temporaryFolder(), 'data');
      const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: data, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
      hub = new HubProgram({ ...env, KOHAKU_HUB_BASEURL: 'x' });
      said = await hub.said(UP);
    });
    afterAll(() => hub?.stop());

    it('mentions a variable of ours that is none', () => {
      expect(said).toContain('KOHAKU_HUB_BASEURL is not a setting');
    });

    it('does not share its data directory', async () => {
      const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: data, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
      const second = await new HubProgram(env).ended;
      expect(oneSentence(second)).toEqual([1, '', 1]);
      expect(second.stderr).toContain(data);
    });

    it('says where it is, and ends at once when it is told to', async () => {
      const file = join(data, 'secrets', 'admin-token');
      expect(said).toContain(`http://localhost:${port}\n`);
      expect(said).toContain(`http://localhost:${port}/docs\n`);
      expect(said).toContain(file);
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`); // a kept-alive connection must not hold it
      expect(answer.status).toBe(200);
      const { code, stdout, stderr } = await hub.stop();
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toContain(readFileSync(file, 'utf8').trim());
    });
  });

  it('is not ready from the moment it is told to stop, asks clients to leave, and stops at once when told twice', async () => {
    const port = await freePort();
    const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const hub = new HubProgram({ ...env, KOHAKU_HUB_SHUTDOWN_DELAY: '600' });
    await hub.said(UP);
    void hub.stop();
    let ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    while (ready.ok) ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    expect((await fetch(`http://127.0.0.1:${port}/api/version`)).status).toBe(200);
    expect((await hub.stop()).code).toBe(143);
  });

  it('migrates its database on command, and refuses commands that are none', async () => {
    const env = { KOHAKU_HUB_DATA_DIR: folder };
    const first = await new HubProgram(env, ['migrate']).ended;
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^Migrated: InitialSchema\d+, /)]);
    expect((await new HubProgram(env, ['migrate']).ended).stdout).toBe('The database is up to date.\n');
    const odd = await new HubProgram(env, ['migrates']).ended;
    expect([odd.code, odd.stderr]).toEqual([
      1,
      'Unknown command migrates. Use migrate or rotate-key, or no command to start the hub.\n',
    ]);
  });

  it('changes its key on command: the tokens of sources stay readable, and a change that was cut off is gone on with', async () => {
    const port = await freePort();
    const env = { PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'the-admin-token' };
    const admin = async (method: string, body?: object): Promise<unknown> => {
      const headers = { 'x-admin-token': 'the-admin-token', 'content-type': 'application/json' };
      const url = `http://127.0.0.1:${port}/admin/api/fallback-sources${method === 'GET' ? '/health' : ''}`;
      return (await fetch(url, { method, headers, body: JSON.stringify(body) })).json();
    };
    const hub = new HubProgram(env);
    await hub.said(UP);
    await admin('POST', { name: 'S', url: 'http://127.0.0.1:1', source_type: 'huggingface', token: 'hf_secret' });
    await hub.stop();
    const file = join(folder, 'secrets', 'secret-key');
    const before = readFileSync(file, 'utf8');

    await writeFile(`${file}.next`, 'a-key-that-was-made-before-the-cut\n');
    const refused = await new HubProgram(env).ended;
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('run the command rotate-key again')]);
    const rotated = await new HubProgram(env, ['rotate-key']).ended;
    expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringMatching(/^Encrypted 1 source tokens/)]);
    expect(readFileSync(file, 'utf8')).toBe('a-key-that-was-made-before-the-cut\n');
    expect(rotated.stdout + rotated.stderr).not.toMatch(new RegExp(`hf_secret|that-was-made|${before.trim()}`));

    const again = new HubProgram(env);
    await again.said(UP);
    expect(await admin('GET')).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ name: 'S', token: 'unknown' })]) as object,
    );
    await again.stop();
  });

  it('reports a port that is in use, and creates nothing', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    const hub = await new HubProgram({ PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder }).ended;
    other.close();
    expect(oneSentence(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toBe(`Port ${port} is in use by another program; set PORT to a free one.\n`);
    expect(existsSync(folder)).toBe(false);
  });

  it('names a data directory that is none', async () => {
    await writeFile(folder, '');
    const hub = await new HubProgram({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect(oneSentence(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toContain('KOHAKU_HUB_DATA_DIR');
  });

  it('names everything that is wrong with its environment, and touches nothing', async () => {
    const hub = await new HubProgram({ PORT: 'x', LOG_LEVEL: 'loud', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect([hub.code, hub.stdout]).toEqual([1, '']);
    expect(hub.stderr).toMatch(/^Invalid environment:\n {2}- PORT is "x": .*\n {2}- LOG_LEVEL is "loud": .*\n$/);
    expect(() => readFileSync(folder)).toThrow('ENOENT');
  });
});
