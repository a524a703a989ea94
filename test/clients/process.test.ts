import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Program, type Ending } from '../support/program.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const UP = 'Admin token:';
const oneSentence = ({ code, stdout, stderr }: Ending): unknown[] => [
  code,
  stdout,
  stderr.trimEnd().split('\n').length,
];

describe('the program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await temporaryFolder(), 'data');
  });

  it('says where it is, and ends at once when it is told to', async () => {
    const port = await new Promise<number>((done) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const taken = (probe.address() as AddressInfo).port;
        probe.close(() => done(taken));
      });
    });
    const hub = new Program({ PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' });
    const said = await hub.said(UP);
    const file = join(folder, 'secrets', 'admin-token');
    expect(said).toContain(`http://localhost:${port}\n`);
    expect(said).toContain(`http://localhost:${port}/docs\n`);
    expect(said).toContain(file);
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`); // a kept-alive connection must not hold it
    expect(answer.status).toBe(200);
    const { signal, stdout, stderr } = await hub.stop();
    expect([signal, stderr]).toEqual(['SIGTERM', '']);
    expect(stdout).not.toContain(readFileSync(file, 'utf8').trim());
  });

  it('does not share its data directory', async () => {
    const env = { PORT: '0', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
    const first = new Program(env);
    await first.said(UP);
    const second = await new Program(env).ended;
    await first.stop();
    expect(oneSentence(second)).toEqual([1, '', 1]);
    expect(second.stderr).toContain(folder);
  });

  it('names a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    const hub = await new Program({ PORT: `${port}`, KOHAKU_HUB_DATA_DIR: folder }).ended;
    other.close();
    expect(oneSentence(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toContain(`Port ${port} is in use`);
  });

  it('names a data directory that is none', async () => {
    await writeFile(folder, '');
    const hub = await new Program({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect(oneSentence(hub)).toEqual([1, '', 1]);
    expect(hub.stderr).toContain('KOHAKU_HUB_DATA_DIR');
  });

  it('names everything that is wrong with its environment, and touches nothing', async () => {
    const hub = await new Program({ PORT: 'x', LOG_LEVEL: 'loud', KOHAKU_HUB_DATA_DIR: folder }).ended;
    expect([hub.code, hub.stdout]).toEqual([1, '']);
    expect(hub.stderr).toMatch(
      /^The environment is not right:\n {2}- PORT is "x": .*\n {2}- LOG_LEVEL is "loud": .*\n$/,
    );
    expect(() => readFileSync(folder)).toThrow('ENOENT');
  });

  it('mentions a variable of ours that is none', async () => {
    const hub = new Program({ PORT: '0', KOHAKU_HUB_DATA_DIR: folder, KOHAKU_HUB_BASEURL: 'x' });
    expect(await hub.said(UP)).toContain('KOHAKU_HUB_BASEURL is not a variable');
    await hub.stop();
  });
});
