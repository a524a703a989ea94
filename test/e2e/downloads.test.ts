import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalRepos } from '../support/local-repos.js';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { scrape } from '../support/scrape.js';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;

const fetch = (path: string, options?: RequestOptions): Promise<HttpResponse> =>
  sendRequest(hub.url, `/alice/m/${path}`, options);
const downloads = async (): Promise<unknown> => {
  await hub.app.get(DownloadCounts).flush();
  const info = (await sendRequest(hub.url, '/api/models/alice/m')).json() as { downloads: number };
  const expanded = (await sendRequest(hub.url, '/api/models/alice/m?expand=downloadsAllTime')).json();
  expect(expanded).toMatchObject({ downloadsAllTime: info.downloads });
  return info.downloads;
};

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json: { name: 'm' } });
  const store = LocalRepos.of(hub.app);
  const repository = (await store.find({ type: 'model', namespace: 'alice', name: 'm' }, {}))!;
  const operations = ['a.txt', 'b.txt'].map((path) => ({ kind: 'file' as const, path, content: Buffer.from(path) }));
  await store.commit(repository, { branch: 'main', summary: 'files', author: { name: 'alice' }, operations });
});
afterAll(() => hub.close());

it('several file downloads by one user count as one download', async () => {
  await fetch('resolve/main/a.txt', { method: 'HEAD' });
  await fetch('raw/main/a.txt');
  await fetch('resolve/main/a.txt', { headers: { range: 'bytes=2-' } });
  await fetch('resolve/main/none.txt');
  const page = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' };
  await fetch('resolve/main/a.txt', { headers: page });
  expect(await downloads()).toBe(0);
  await fetch('resolve/main/a.txt');
  await fetch('resolve/main/b.txt');
  expect(await downloads()).toBe(1);
  await fetch('resolve/main/a.txt', { headers: alice.headers });
  await fetch('resolve/main/b.txt', { headers: alice.headers });
  expect(await downloads()).toBe(2);
});

it('a download of content that the storage has lost is an error in words, and counted', async () => {
  const sha256 = createHash('sha256').update('b.txt').digest('hex');
  await rm(join(hub.config.dataDir, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256));
  const response = await fetch('resolve/main/b.txt');
  expect([response.status, response.json()]).toEqual([
    500,
    expect.objectContaining({
      error: expect.stringMatching(/^The content of this file is missing from the storage of the hub/) as string,
      detail: `SHA-256 ${sha256}`,
    }),
  ]);
  expect((await scrape(hub.url)).value('hubfall_storage_missing_content_total')).toBe(1);
});

it.each([
  ['in part', 'a.', /is incomplete in the storage of the hub/],
  ['with more bytes', 'a.txt and more', /has more bytes than it should have in the storage of the hub/],
])(
  'a download of content that the storage has %s is an error in words, and an upload of the file heals it',
  async (name, bytes, problem) => {
    const sha256 = createHash('sha256').update('a.txt').digest('hex');
    const stored = join(hub.config.dataDir, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
    await writeFile(stored, bytes);
    const before = (await scrape(hub.url)).value('hubfall_storage_missing_content_total')!;
    const ranges: Record<string, string>[] = [{}, { range: 'bytes=0-1' }, { range: 'bytes=3-' }];
    for (const headers of ranges) {
      const response = await fetch('resolve/main/a.txt', { headers });
      expect([response.status, response.json()]).toEqual([
        500,
        expect.objectContaining({ error: expect.stringMatching(problem) as string }),
      ]);
    }
    expect((await scrape(hub.url)).value('hubfall_storage_missing_content_total')).toBe(before + ranges.length);
    const store = LocalRepos.of(hub.app);
    const repository = (await store.find({ type: 'model', namespace: 'alice', name: 'm' }, {}))!;
    const operations = [{ kind: 'file' as const, path: `${name}.txt`, content: Buffer.from('a.txt') }];
    await store.commit(repository, { branch: 'main', summary: 'again', author: { name: 'alice' }, operations });
    expect((await fetch('resolve/main/a.txt')).body.toString()).toBe('a.txt');
  },
);

it('a repository whose card and rules the storage has lost can still be read, and the files uploaded again', async () => {
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json: { name: 'lost' } });
  const files = [
    ['README.md', '---\nlicense: mit\n---\n'],
    ['.gitattributes', '*.lost filter=lfs\n'],
    ['.gitignore', '*.log\n'],
  ] as const;
  const path = '/api/models/alice/lost';
  const commit = (...lines: [string, unknown][]): Promise<HttpResponse> =>
    sendRequest(hub.url, `${path}/commit/main`, {
      method: 'POST',
      headers: alice.headers,
      body: commitBody('files', ...lines),
    });
  const all = files.map(([name, text]) => fileLine(name, text));
  await commit(...all);
  for (const [, text] of files) {
    const sha256 = createHash('sha256').update(text).digest('hex');
    await rm(join(hub.config.dataDir, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256));
  }
  const info = await sendRequest(hub.url, path);
  expect([info.status, (info.json() as { cardWarnings?: string }).cardWarnings]).toEqual([200, undefined]);
  const json = { files: [{ path: 'README.md', size: 5, sample: 'YQ==' }] };
  const preupload = await sendRequest(hub.url, `${path}/preupload/main`, {
    method: 'POST',
    headers: alice.headers,
    json,
  });
  expect(preupload.status).toBe(200);
  expect((await commit(...all)).status).toBe(200);
  for (const [name, text] of files)
    expect((await sendRequest(hub.url, `/alice/lost/resolve/main/${name}`)).body.toString()).toBe(text);
  expect((await sendRequest(hub.url, path)).json()).toMatchObject({ cardData: { license: 'mit' } });
});
