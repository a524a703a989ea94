import {
  createBranch,
  createRepo,
  deleteBranch,
  deleteRepo,
  downloadFile,
  fileExists,
  listCommits,
  listDatasets,
  listFiles,
  listModels,
  listSpaces,
  modelInfo,
  datasetInfo,
  spaceInfo,
  pathsInfo,
  repoExists,
  uploadFiles,
  whoAmI,
} from '@huggingface/hub';
import { randomBytes } from 'node:crypto';
import { clientRequests } from '../../tools/client-coverage/client-requests.mjs';
import { HubProcess } from '../support/hub-process.js';
import { PYTHON_ENVS, PythonClient } from '../support/python-client.js';
import { RecordingProxy } from '../support/recording-proxy.js';
import { PASSWORD, registerUser } from '../support/register-user.js';
import { sendRequest } from '../support/send-request.js';
import { COVERAGE } from './coverage/rows.js';

// Every served request of the coverage table is sent by the real clients that can send it, and succeeds.

/** Requests that the hub has no reason to cause, or that clients send in another way. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

const CLIENTS = { hf1: 'huggingface_hub 1', hf2: 'huggingface_hub 2', js: '@huggingface/hub' } as const;

let hub: HubProcess;
let proxy: RecordingProxy;
let token: string;
let guest: string;
let cookie: string;

beforeAll(async () => {
  hub = await HubProcess.start({ sources: [], env: { KOHAKU_HUB_XET_THRESHOLD: '1' } });
  token = await registerUser(hub.url, 'client');
  guest = await registerUser(hub.url, 'guest');
  await registerUser(hub.url, 'other');
  const json = { username: 'client', password: PASSWORD };
  const { headers } = await sendRequest(hub.url, '/api/auth/login', { method: 'POST', json });
  cookie = headers['set-cookie']!.split(';')[0]!;
  const authorization = `Bearer ${token}`;
  const organization = { method: 'POST', headers: { authorization }, json: { name: 'covering' } } as const;
  await sendRequest(hub.url, '/api/organizations/create', organization);
});
afterAll(() => hub?.close());
beforeEach(async () => {
  proxy = await RecordingProxy.start(hub.url);
});
afterEach(() => proxy?.close());

const PATTERNS: Readonly<Record<string, string>> = {
  prefix: '(?:datasets/|spaces/)?',
  repo: '[^/]+/[^/]+',
  type: '(?:model|dataset|space)',
  path: '.+',
  revision: '[^/]+',
  branch: '.+',
};

/** Matches the requests of a row of the table. */
function patternOf(row: string): RegExp {
  const parts = row.split(/\{(\w+)\}/);
  const pattern = parts.map((part, n) => (n % 2 === 0 ? part.replaceAll('.', '[.]') : (PATTERNS[part] ?? '[^/]+')));
  return new RegExp(`^${pattern.join('')}$`.replace('/.+$', '(?:/.+)?$')); // the root folder has no path
}

/** The served rows that a client can send, and has not sent with success. */
function uncalled(client: keyof typeof CLIENTS): string[] {
  const sent = clientRequests();
  const answered = proxy.answered
    .filter(({ status }) => status < 400)
    .map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
  return Object.entries(COVERAGE)
    .filter(([row, { kind }]) => kind === 'served' && sent.get(row)?.includes(CLIENTS[client]))
    .map(([row]) => row)
    .filter((row) => !(row in EXCEPTIONS) && !answered.some((request) => patternOf(row).test(request)));
}

describe('every served request', () => {
  it.each(PYTHON_ENVS)('is sent by %s', async (env) => {
    const python = await PythonClient.start(env, { endpoint: proxy.url, token });
    const { code, stdout, stderr } = await python.run('covered.py', [`covered-${env}`, guest, cookie]);
    await python.close();
    expect([code, stderr.slice(-2000), JSON.parse(stdout || '{}')]).toMatchObject([0, expect.anything(), {}]);
    expect(JSON.parse(stdout)).toEqual({});
    expect(uncalled(env)).toEqual([]);
  });

  it('is sent by @huggingface/hub', async () => {
    await callJavascript({ hubUrl: proxy.url, accessToken: token });
    expect(uncalled('js')).toEqual([]);
  });
});

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
};

/** Sends every request of the library that the hub serves. */
async function callJavascript(hubOf: { readonly hubUrl: string; readonly accessToken: string }): Promise<void> {
  const repo = 'client/covered-js';
  await whoAmI(hubOf);
  for (const type of ['model', 'dataset', 'space'] as const)
    await createRepo({ ...hubOf, repo: { type, name: repo }, ...(type === 'space' && { sdk: 'static' }) });
  const info = { ...hubOf, name: repo, revision: 'main' };
  await Promise.all([modelInfo(info), datasetInfo(info), spaceInfo(info)]);
  const search = { ...hubOf, search: { owner: 'client' } };
  for (const list of [listModels(search), listDatasets(search), listSpaces(search)]) await drain(list);
  await repoExists({ ...hubOf, repo });
  const file = (path: string) => ({ path, content: new Blob([randomBytes(100_000)]) });
  for (const [path, useXet] of [
    ['lfs.bin', false],
    ['xet.bin', true],
  ] as const)
    await uploadFiles({ ...hubOf, repo, useXet, files: [file(path)] });
  await drain(listFiles({ ...hubOf, repo, recursive: true }));
  await pathsInfo({ ...hubOf, repo, paths: ['xet.bin'] });
  await drain(listCommits({ ...hubOf, repo }));
  await fileExists({ ...hubOf, repo, path: 'xet.bin' });
  await downloadFile({ ...hubOf, repo, path: 'xet.bin', raw: true }).then((blob) => blob!.arrayBuffer());
  await downloadFile({ ...hubOf, repo, path: 'xet.bin', xet: false }).then((blob) => blob!.arrayBuffer());
  await downloadFile({ ...hubOf, repo, path: 'xet.bin', xet: true }).then((blob) => blob!.arrayBuffer());
  await createBranch({ ...hubOf, repo, branch: 'dev' });
  await deleteBranch({ ...hubOf, repo, branch: 'dev' });
  await deleteRepo({ ...hubOf, repo });
}
