import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AccountsService } from '../../src/users/accounts.service.js';
import { LfsObjectsService } from '../../src/repos/store/lfs-objects.service.js';
import { FULL_RUN } from '../support/full-run.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { LocalRepos } from '../support/local-repos.js';
import { eventually } from '../support/eventually.js';
import { sendRequest } from '../support/send-request.js';
import { XetReader } from '../support/xet-reader.js';
import { pythonOf } from './python-envs.mjs';

// A file above the limit of Python clients for plain HTTP. It is sparse, so that it takes no space and no time to create.
const SIZE = 60_000_000_000;
const SHA256 = 'e'.repeat(64);
const WANTED = FULL_RUN ? 1_000_000_000 : 200_000_000;
/** Bytes at this offset are not zero. */
const MARKED = 54_321_098_765;
const MARK = Buffer.from('in the middle of the file');

let hub: RunningHub;
let home: string;
beforeAll(async () => {
  hub = await startHub();
  home = await mkdtemp(join(tmpdir(), 'hubfall-huge-'));
  const blob = join(hub.config.dataDir, 'blobs', 'ee', 'ee', SHA256);
  await mkdir(dirname(blob), { recursive: true });
  const file = await open(blob, 'w');
  await file.truncate(SIZE);
  await file.write(MARK, 0, MARK.length, MARKED);
  await file.close();
  const repositories = LocalRepos.of(hub.app);
  const repo = { type: 'model', namespace: 'huge', name: 'model' } as const;
  await hub.app.get(AccountsService, { strict: false }).createUser({ name: 'huge' });
  const repository = await repositories.createRepository({ repo, ownerName: 'huge', private: false });
  await hub.app.get(LfsObjectsService, { strict: false }).add(repository.id, { sha256: SHA256, size: SIZE });
  const operations = [{ kind: 'lfsFile', path: 'huge.bin', sha256: SHA256, size: SIZE }] as const;
  await repositories.commit(repository, { branch: 'main', summary: 'add', author: { name: 'huge' }, operations });
});
afterAll(async () => {
  await hub?.close();
  await rm(home, { recursive: true, force: true });
});

function download(more: Record<string, string> = {}): ChildProcess {
  const code = `from huggingface_hub import hf_hub_download; hf_hub_download('huge/model', 'huge.bin', local_dir='${home}/files')`;
  const env = { PATH: process.env.PATH ?? '', HOME: home, HF_HOME: join(home, 'hf'), HF_ENDPOINT: hub.url, ...more };
  return spawn(pythonOf('hf2'), ['-c', code], { env: { ...env, NO_PROXY: '*', HF_HUB_DISABLE_PROGRESS_BARS: '1' } });
}

/** Bytes of the incomplete download on the disk. */
async function arrived(): Promise<number> {
  const folder = join(home, 'files', '.cache', 'huggingface', 'download');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.incomplete'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).blocks * 512));
  return Math.max(0, ...sizes);
}

const sentBytes = async (): Promise<number> => {
  const text = (await sendRequest(hub.url, '/metrics')).body.toString();
  return Number(/^hubfall_xet_xorb_bytes_total\{kind="own"[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
};

it('is downloaded by the stock client, and again after a kill', async () => {
  for (const round of [1, 2]) {
    const child = download();
    await eventually(async () => (await arrived()) >= WANTED || child.exitCode !== null, 60_000);
    expect([round, child.exitCode]).toEqual([round, null]);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await sentBytes()).toBeGreaterThan(WANTED);
    await rm(join(home, 'files'), { recursive: true });
  }
}, 120_000);

it('is refused by the stock client over plain HTTP', async () => {
  const child = download({ HF_HUB_DISABLE_XET: '1' });
  let errors = '';
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect([code, errors]).toEqual([1, expect.stringContaining('hf_xet')]);
}, 60_000);

it('has the right bytes at any place', async () => {
  const head = await sendRequest(hub.url, '/huge/model/resolve/main/huge.bin', { method: 'HEAD' });
  const hash = head.headers['x-xet-hash']!;
  const xet = await XetReader.of(hub.url, 'models/huge/model');
  const marked = await xet.read(hash, `bytes=${MARKED - 3}-${MARKED + 30}`);
  expect(marked.subarray(0, 34).equals(Buffer.concat([Buffer.alloc(3), MARK, Buffer.alloc(6)]))).toBe(true);
  expect((await xet.read(hash, `bytes=${SIZE - 1}-`)).equals(Buffer.alloc(1))).toBe(true);
  const { terms } = await xet.terms(hash);
  expect(terms.reduce((sum, { length }) => sum + length, 0)).toBe(SIZE);
});
