import { downloadFile } from '@huggingface/hub';
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { FakeXetStorage } from '../support/fake-xet-storage.js';
import { requestText } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { NEWEST_PYTHON_ENVS, PYTHON_ENVS, PythonClient, type PythonEnv } from '../support/python-client.js';
import { registerUser } from '../support/register-user.js';

// Unmodified clients with Xet read files of sources, through the hub and from the storage of the source.
const ABOVE = 60_000_000_000;
const model = randomBytes(30_000_000);
const repeated = randomBytes(64 * 1024 * 1024);

let storage: FakeXetStorage;
let source: FakeHuggingFace;
let hub: RunningHub;
let token: string;
beforeAll(async () => {
  storage = await FakeXetStorage.start({ chunksPerXorb: 64 });
  const files = { 'model.bin': { lfs: model }, 'note.txt': 'text' };
  const huge = { 'huge.bin': { lfs: repeated, size: ABOVE } };
  const repos = [
    ...['relay', 'pass'].map((name) => ({ id: `${name}/model`, files })),
    { id: 'unset/model', files: huge },
  ];
  source = await FakeHuggingFace.start({ repos, xet: storage });
  const setting = (name: string, xet: 'relay' | 'pass' | null) => ({
    name,
    url: source.url,
    source_type: 'huggingface',
    include: [`${name}/*`],
    xet,
  });
  const settings = [setting('relay', 'relay'), setting('pass', 'pass'), setting('unset', null)];
  const env = {
    KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(settings),
    KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
  };
  hub = await startHub({ env });
  token = await registerUser(hub.url, 'client');
});
afterAll(async () => {
  await Promise.all([hub?.close(), source?.close(), storage?.close()]);
});
beforeEach(() => {
  source.forget();
  storage.forget();
});

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Expects that the bytes came from the storage, requested by the hub or by the client, and not over plain HTTP. */
function expectRead(by: 'relay' | 'pass'): void {
  const agents = new Set(storage.store.requests.map(({ headers }) => /hubfall/.test(headers['user-agent'] ?? '')));
  expect([...agents]).toEqual([by === 'relay']);
  expect(source.cdn.upstream.requests.filter(({ method }) => method === 'GET')).toEqual([]);
  for (const request of [...source.requests, ...storage.requests]) expect(requestText(request)).not.toContain(token);
}

const start = (env: PythonEnv): Promise<PythonClient> => PythonClient.start(env, { endpoint: hub.url, token });

describe.each(PYTHON_ENVS)('%s', (env) => {
  it.each(['relay', 'pass'] as const)(
    'downloads a file and a snapshot over Xet: %s',
    async (mode) => {
      for (const call of ['hf_hub_download', 'snapshot_download']) {
        storage.forget();
        const python = await start(env);
        const repo_id = `${mode}/model`;
        const args = call === 'hf_hub_download' ? { repo_id, filename: 'model.bin' } : { repo_id };
        const [outcome] = await python.call({ on: 'api', call, args });
        expect(outcome).toMatchObject({ value: expect.any(String) });
        const path = outcome!.value as string;
        const file = call === 'hf_hub_download' ? path : join(path, 'model.bin');
        expect(sha256(await readFile(file))).toBe(sha256(model));
        expectRead(mode);
        await python.close();
      }
    },
    120_000,
  );
});

describe.each(NEWEST_PYTHON_ENVS)('%s', (env) => {
  it('begins to download a file of 60 GB', async () => {
    const python = await start(env);
    const code = await python.commandUntil(storage.store.waitFor(60), 'download', 'unset/model', 'huge.bin');
    expect(code).toBeNull();
    const blobs = join(python.home, 'hf/hub/models--unset--model/blobs');
    const [partial] = await readdir(blobs);
    const file = await open(join(blobs, partial!));
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1_000_000), 0, 1_000_000, 0);
    await file.close();
    await python.close();
    expect([bytesRead, buffer.equals(repeated.subarray(0, 1_000_000))]).toEqual([1_000_000, true]);
  }, 120_000);
});

describe('@huggingface/hub', () => {
  it.each(['relay', 'pass'] as const)('downloads a file and a slice over Xet: %s', async (mode) => {
    const blob = await downloadFile({ repo: `${mode}/model`, path: 'model.bin', hubUrl: hub.url, accessToken: token });
    expect(sha256(Buffer.from(await blob!.arrayBuffer()))).toBe(sha256(model));
    const slice = Buffer.from(await blob!.slice(20_000_000, 20_000_100).arrayBuffer());
    expect(slice.equals(model.subarray(20_000_000, 20_000_100))).toBe(true);
    expect(storage.store.requests.length).toBeGreaterThan(0);
    for (const request of [...source.requests, ...storage.requests]) expect(requestText(request)).not.toContain(token);
  });
});
