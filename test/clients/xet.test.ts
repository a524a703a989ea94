import { downloadFile } from '@huggingface/hub';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubFixture } from './hub-fixture.js';
import { eventually } from '../support/eventually.js';
import {
  NEWEST_PYTHON_ENVS,
  PYTHON_ENVS,
  PythonClient,
  type PythonCall,
  type PythonEnv,
} from '../support/python-client.js';

// Unmodified hf_xet uploads to the hub; downloads must return the same bytes, including content that was only referenced.
let fixture: HubFixture;
beforeAll(async () => {
  fixture = await HubFixture.start();
});
afterAll(() => fixture?.close());

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const api = (call: string, args: Record<string, unknown>): PythonCall => ({ on: 'api', call, args });

/** Text that compresses well. */
const lines = (bytes: number): Buffer => {
  const text = Array.from({ length: bytes / 20 }, (_, n) => `line ${n} of ${(n * 7919) % 1000} things\n`).join('');
  return Buffer.from(text).subarray(0, bytes);
};

/** Floats with similar exponents, which hf_xet groups for compression. */
const weights = (bytes: number): Buffer => {
  const noise = randomBytes(bytes);
  const numbers = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 4) numbers.writeFloatLE((noise.readInt32LE(at) / 2 ** 31) * 0.04, at);
  return numbers;
};

/** A machine with its own hf_xet cache of uploaded content; each call runs in a separate process. */
class Machine {
  private constructor(private readonly python: PythonClient) {}

  static async start(env: PythonEnv, more: Record<string, string> = {}): Promise<Machine> {
    return new Machine(await PythonClient.start(env, { endpoint: fixture.hub.url, token: fixture.token, more }));
  }

  async call(...calls: PythonCall[]): Promise<unknown[]> {
    const outcomes = await this.python.call(...calls);
    return outcomes.map(({ value, error, message }) => {
      if (error) throw new Error(`${error[0]}: ${message}`);
      return value;
    });
  }

  async upload(repo_id: string, path_in_repo: string, content: Uint8Array): Promise<void> {
    const path_or_fileobj = join(this.python.home, 'upload');
    await writeFile(path_or_fileobj, content);
    await this.call(
      api('create_repo', { repo_id, exist_ok: true }),
      api('upload_file', { repo_id, path_in_repo, path_or_fileobj }),
    );
  }

  hf(...args: string[]) {
    return this.python.hf(...args);
  }

  /** Creates a folder with files. */
  async folder(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
    const folder = join(this.python.home, `folder-${randomBytes(4).toString('hex')}`);
    await mkdir(folder);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  /** Number of uploads in the hf_xet cache; 0 without Xet. */
  async cachedUploads(): Promise<number> {
    const files = await readdir(join(this.python.home, 'hf', 'xet'), { recursive: true }).catch(() => []);
    return files.filter((file) => /shard-cache.*\.mdb$/.test(file)).length;
  }

  close(): Promise<void> {
    return this.python.close();
  }
}

/** The default of `KOHAKU_HUB_XET_THRESHOLD`. */
const THRESHOLD = 100_000_000;

/** Expects the content with its SHA-256 as ETag, and Xet hints only if it is large. */
async function expectServed(repo: string, path: string, content: Uint8Array): Promise<void> {
  const headers = { authorization: `Bearer ${fixture.token}` };
  const isOffered = content.length > THRESHOLD;
  const answer = await fetch(`${fixture.hub.url}/${repo}/resolve/main/${path}`, { headers });
  const etags = [answer.headers.get('x-linked-etag') ?? answer.headers.get('etag'), answer.headers.get('etag')];
  expect([answer.status, ...etags]).toEqual([200, `"${sha256(content)}"`, `"${sha256(content)}"`]);
  expect([...answer.headers].filter(([name, value]) => /xet-(hash|auth)/.test(name + value))).toHaveLength(
    isOffered ? 2 : 0,
  );
  expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(content));
  const tree = await fetch(`${fixture.hub.url}/api/models/${repo}/tree/main?recursive=true`, { headers });
  const entry = ((await tree.json()) as { path: string; xetHash?: string }[]).find((found) => found.path === path);
  expect(entry?.xetHash).toBe(isOffered ? answer.headers.get('x-xet-hash') : undefined);
}

/** Bytes that the hub has sent over Xet. */
async function xorbBytes(): Promise<number> {
  const metrics = await (await fetch(`${fixture.hub.url}/metrics`)).text();
  return Number(/^hubfall_xet_xorb_bytes_total\{kind="own"[^}]*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

async function resolveHead(url: string): Promise<Headers> {
  const answer = await fetch(url, { method: 'HEAD', headers: { authorization: `Bearer ${fixture.token}` } });
  expect(answer.status).toBe(200);
  return answer.headers;
}

describe.each(NEWEST_PYTHON_ENVS)('%s with hf_xet', (env) => {
  const repo = (name: string): string => `client/${env}-xet-${name}`;
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.start(env);
  });
  afterAll(() => machine?.close());

  it.each([
    ['random.bin', () => randomBytes(20_000_000)],
    ['lines.bin', () => lines(30_000_000)],
    ['weights.safetensors', () => weights(24_000_000)],
    ['more-than-two-xorbs.bin', () => randomBytes(150_000_000)],
  ])(
    'uploads %s',
    async (path, make) => {
      const content = make();
      const before = await machine.cachedUploads();
      await machine.upload(repo('kinds'), path, content);
      expect(await machine.cachedUploads()).toBe(before + 1);
      await expectServed(repo('kinds'), path, content);
    },
    120_000,
  );

  it('downloads large files over Xet, in all versions and in JavaScript', async () => {
    const [repo_id, path] = [repo('kinds'), 'more-than-two-xorbs.bin'];
    const content = await fetch(`${fixture.hub.url}/${repo_id}/resolve/main/${path}`, {
      headers: { authorization: `Bearer ${fixture.token}` },
    });
    const expected = sha256(Buffer.from(await content.arrayBuffer()));
    for (const version of PYTHON_ENVS) {
      const other = await Machine.start(version);
      const before = await xorbBytes();
      const [downloaded] = await other.call(api('hf_hub_download', { repo_id, filename: path }));
      expect(sha256(await readFile(downloaded as string))).toBe(expected);
      await eventually(async () => (await xorbBytes()) - before > 150_000_000, 10_000); // counted when a response ends
      await other.close();
    }
    const js = { repo: repo_id, path, hubUrl: fixture.hub.url, accessToken: fixture.token };
    const blob = (await downloadFile(js))!;
    expect([blob.constructor.name, sha256(Buffer.from(await blob.arrayBuffer()))]).toEqual(['XetBlob', expected]);
  }, 120_000);

  it('copies large files to another repository without transferring them', async () => {
    const before = await xorbBytes();
    await machine.call(api('create_repo', { repo_id: repo('copied') }));
    for (const path of ['more-than-two-xorbs.bin', 'random.bin']) {
      const target = `hf://${repo('copied')}/${path}`;
      const { code, stderr } = await machine.hf('cp', `hf://${repo('kinds')}/${path}`, target);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const [from, to] = await Promise.all(
        [repo('kinds'), repo('copied')].map((id) => resolveHead(`${fixture.hub.url}/${id}/resolve/main/${path}`)),
      );
      expect(to!.get('etag')).toBe(from!.get('etag'));
      expect(to!.get('x-xet-hash')).toBe(from!.get('x-xet-hash'));
    }
    expect(await xorbBytes()).toBe(before);
  }, 120_000);

  it('uploads known content by reference to other files and repositories', async () => {
    const content = randomBytes(16_000_000);
    await machine.upload(repo('again'), 'one.bin', content);
    await machine.upload(repo('again'), 'two.bin', content);
    await machine.upload(repo('elsewhere'), 'three.bin', content);
    const changed = Buffer.concat([Buffer.from('in front'), content]);
    changed.write('in the middle', 9_000_000);
    await machine.upload(repo('elsewhere'), 'three.bin', changed);
    await expectServed(repo('again'), 'two.bin', content);
    await expectServed(repo('elsewhere'), 'three.bin', changed);
  }, 120_000);

  it('uploads to a repository that was deleted and created again', async () => {
    const content = randomBytes(11_000_000);
    await machine.upload(repo('deleted'), 'model.bin', content);
    await machine.call(api('delete_repo', { repo_id: repo('deleted') }));
    await machine.upload(repo('deleted'), 'model.bin', content);
    await expectServed(repo('deleted'), 'model.bin', content);
  }, 120_000);

  it('uploads folders of many files with the API and the command line', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`part-${n}.bin`, randomBytes(1_000_000)]));
    const folder_path = await machine.folder({ ...files, 'README.md': Buffer.from('# Many\n') });
    const { code, stderr } = await machine.hf('upload', repo('folder'), folder_path, '.');
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    await machine.call(
      api('create_repo', { repo_id: repo('folder-again') }),
      api('upload_folder', { repo_id: repo('folder-again'), folder_path }),
    );
    for (const id of [repo('folder'), repo('folder-again')]) {
      for (const path of ['part-0.bin', 'part-29.bin']) await expectServed(id, path, files[path]!);
    }
  }, 120_000);

  it('shares content with clients that have disabled Xet', async () => {
    const plain = await Machine.start(env, { HF_HUB_DISABLE_XET: '1' });
    const content = randomBytes(12_000_000);
    await plain.upload(repo('plain'), 'over-lfs.bin', content);
    await machine.upload(repo('plain'), 'over-the-other.bin', content);
    await plain.upload(repo('plain-again'), 'over-lfs.bin', content);
    expect(await plain.cachedUploads()).toBe(0);
    await plain.close();
    await expectServed(repo('plain'), 'over-lfs.bin', content);
    await expectServed(repo('plain'), 'over-the-other.bin', content);
    await expectServed(repo('plain-again'), 'over-lfs.bin', content);
  }, 120_000);
});
