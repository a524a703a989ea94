import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../support/free-port.js';
import { FULL_RUN } from '../support/full-run.js';
import { GitProgram } from '../support/git-program.js';
import { HubProcess } from '../support/hub-process.js';
import { PrefixProxy } from '../support/prefix-proxy.js';
import { PYTHON_ENVS, PythonClient, type PythonEnv } from '../support/python-client.js';
import { registerUser } from '../support/register-user.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Real clients that use the hub under different addresses: every URL in its responses must begin with the one that they use. hub-address.test.ts
// checks each URL by itself.
const SMALL_FILES = 210; // three pages of a tree with expanded entries
const LARGE = randomBytes(7_000_000);
const PART_SIZE = '5000000'; // an LFS upload has two parts
const SHA256 = createHash('sha256').update(LARGE).digest('hex');
const SCRIPT = resolve(import.meta.dirname, 'javascript/addresses.mjs');

interface Seen {
  readonly repoUrls: readonly string[];
  readonly commitUrls: readonly string[];
}

interface ServedHub {
  readonly hub: HubProcess;
  readonly token: string;
}

const hubs: ServedHub[] = [];
let unset: ServedHub;
let listed: ServedHub;
let proxy: PrefixProxy;
let git: GitProgram;
let folder: string;

async function start(env: Record<string, string>, port?: number): Promise<ServedHub> {
  const hub = await HubProcess.start({
    sources: [],
    env: { KOHAKU_HUB_LFS_PART_SIZE: PART_SIZE, ...env },
    ...(port ? { port } : {}),
  });
  const served = { hub, token: await registerUser(hub.url, 'client') };
  hubs.push(served);
  return served;
}

beforeAll(async () => {
  unset = await start({ HOST: '0.0.0.0', KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1' });
  const port = await freePort();
  listed = await start({ KOHAKU_HUB_BASE_URL: `https://hub.example.com,http://localhost:${port}` }, port);
  proxy = await PrefixProxy.start(unset.hub.url);
  git = await GitProgram.start({ 'http.sslCAInfo': proxy.caFile });
  await git.output('', 'lfs', 'install', '--skip-repo');
  folder = await temporaryFolder();
  await writeFile(join(folder, 'large.bin'), LARGE);
  for (let number = 0; number < SMALL_FILES; number++) await writeFile(join(folder, `${number}.txt`), `${number}`);
});
afterAll(() => Promise.all([proxy?.stop(), ...hubs.map(({ hub }) => hub.close())]));

const named = (hub: HubProcess, name: string): string => hub.url.replace('127.0.0.1', name);
const ADDRESSES: readonly [name: string, hub: () => ServedHub, endpoint: () => string][] = [
  ['no base URL, its address', () => unset, () => unset.hub.url],
  ['no base URL, another name', () => unset, () => named(unset.hub, 'localhost')],
  ['two base URLs, the second one', () => listed, () => named(listed.hub, 'localhost')],
  ['a TLS proxy with a path prefix', () => unset, () => proxy.url],
  ['an endpoint with a trailing slash', () => unset, () => `${unset.hub.url}/`],
];

describe.each(ADDRESSES.map((address, at) => [...address, at] as const))('%s', (_, hubOf, endpointOf, at) => {
  // Alternately one version of huggingface_hub, because both send the same requests.
  const envs: readonly PythonEnv[] = FULL_RUN ? PYTHON_ENVS : [PYTHON_ENVS[at % PYTHON_ENVS.length]!];
  const repository = (client: string): string => `client/${client}-${at}`;
  const trust = (): Record<string, string> =>
    endpointOf().startsWith('https:') ? { SSL_CERT_FILE: proxy.caFile, NODE_EXTRA_CA_CERTS: proxy.caFile } : {};

  function expectAddress({ repoUrls, commitUrls }: Seen, repo: string): void {
    const base = endpointOf().replace(/\/$/, '');
    expect(repoUrls).toEqual([`${base}/${repo}`, `${base}/${repo}-moved`].slice(0, repoUrls.length));
    expect(commitUrls).toHaveLength(3);
    for (const url of commitUrls) expect(url).toMatch(RegExp(`^${base}/${repo}/commit/[0-9a-f]{40}$`));
  }

  it.each(envs)('huggingface_hub in %s', async (env) => {
    const settings = { endpoint: endpointOf(), token: hubOf().token, more: trust() };
    const python = await PythonClient.start(env, settings);
    const repo = repository(env);
    const { code, stdout, stderr } = await python.run('addresses.py', [repo, folder]);
    await python.close();
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const seen = JSON.parse(stdout) as Seen;
    expectAddress(seen, repo);
    expect(seen).toMatchObject({
      repoIds: [repo, `${repo}-moved`],
      listed: SMALL_FILES + 4,
      large: [SHA256, SHA256],
      changed: true,
    });
  });

  it('@huggingface/hub', async () => {
    const repo = repository('js');
    const child = spawn(process.execPath, [SCRIPT, repo, folder, repository(envs[0]!)], {
      env: { HOME: git.home, HF_ENDPOINT: endpointOf(), HF_TOKEN: hubOf().token, ...trust() },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stderr).toBe('');
    const seen = JSON.parse(stdout) as Seen;
    expectAddress(seen, repo);
    expect(seen).toMatchObject({ listed: SMALL_FILES + 4, large: [SHA256, SHA256, SHA256], changed: true });
  });

  it('git and git-lfs clone the moved repository', async () => {
    const url = `${endpointOf().replace(/\/$/, '')}/${repository(envs[0]!)}`;
    const clone = `clone-${at}`;
    await git.output('', 'clone', '--quiet', url.replace('://', `://client:${hubOf().token}@`), clone);
    expect((await readFile(join(git.home, clone, 'large.bin'))).equals(LARGE)).toBe(true);
    expect(await git.output(clone, 'status', '--porcelain')).toBe('');
  });
});
