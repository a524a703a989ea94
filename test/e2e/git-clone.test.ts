import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANONYMOUS } from '../../src/domain/caller.js';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { FLUSH, pktLine } from '../../src/repos/git/pkt-line.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { adminClient } from '../support/admin-client.js';
import { sendRequest } from '../support/send-request.js';
import { GitFixture } from '../support/git-fixture.js';
import { scrape } from '../support/scrape.js';

let fixture: GitFixture;
beforeAll(async () => {
  fixture = await GitFixture.start();
});
afterAll(() => fixture.close());

const contentOf = (folder: string, path: string): Promise<Buffer> => readFile(join(fixture.git.home, folder, path));

describe('git clone', () => {
  const long = randomBytes(700_000);
  let repository: LocalRepo;
  let first: string;
  let last: string;

  beforeAll(async () => {
    repository = await fixture.createRepo('repo');
    first = await fixture.commit(repository, { 'a/b/c.txt': 'c', 'a.txt': '', 'é 😀.txt': '😀', 'same.txt': 'c' });
    last = await fixture.commit(repository, { 'long.dat': long, 'a/b/d.txt': 'd' });
    await fixture.store.createBranch(repository, { name: 'dev', revision: first });
    await fixture.store.createTag(repository, { name: 'v1', revision: first });
  });

  it('gets all commits and files of the hub', async () => {
    await fixture.clone('/alice/repo', 'repo');
    await fixture.expectValidClone('repo');
    const commits = (await sendRequest(fixture.hub.url, '/api/models/alice/repo/commits/main')).json() as {
      id: string;
    }[];
    expect(await fixture.history('repo')).toEqual(commits.map(({ id }) => id));
    expect(await fixture.commitOf('repo')).toBe(last);
    expect((await contentOf('repo', 'long.dat')).equals(long)).toBe(true);
    expect((await contentOf('repo', 'é 😀.txt')).toString()).toBe('😀');
    expect(await fixture.git.output('repo', 'status', '--porcelain', '--branch')).toBe('## main...origin/main');
  });

  it.each(['.git', '/', '.git/'])('accepts a URL that ends in %s', async (suffix) => {
    const output = await fixture.git.output('', 'ls-remote', `${fixture.hub.url}/alice/repo${suffix}`);
    expect(output.split('\n').map((line) => line.split('\t'))).toEqual([
      [last, 'HEAD'],
      [first, 'refs/heads/dev'],
      [last, 'refs/heads/main'],
      [first, 'refs/tags/v1'],
    ]);
  });

  it.each(['dataset', 'space'] as const)('clones a %s', async (type) => {
    const commitId = await fixture.commit(await fixture.createRepo('typed', { type }), { 'rows.txt': type });
    for (const [n, path] of [`/${type}s/alice/typed`, `/${type}s/alice/typed.git`].entries()) {
      await fixture.clone(path, `${type}-${n}`);
      expect(await fixture.commitOf(`${type}-${n}`)).toBe(commitId);
    }
  });

  it.each(['dev', 'v1'])('gets only %s with --single-branch', async (name) => {
    await fixture.clone('/alice/repo', name, '--branch', name, '--single-branch', '--no-tags');
    expect(await fixture.commitOf(name)).toBe(first);
    expect((await fixture.git.run(name, 'cat-file', '-e', last)).code).not.toBe(0);
    await fixture.expectValidClone(name);
  });

  it.each(['0', '1', '2'])('supports clients of protocol version %s', async (version) => {
    await fixture.clone('/alice/repo', `version-${version}`, '--config', `protocol.version=${version}`);
    expect(await fixture.commitOf(`version-${version}`)).toBe(last);
  });

  it('is an event of the audit log, with the newest commit and the bytes', async () => {
    const created = await fixture.createRepo('recorded');
    await fixture.commit(created, { 'a.txt': 'a' });
    const newest = await fixture.commit(created, { 'long.dat': long });
    await fixture.clone('/alice/recorded', 'recorded');
    await fixture.git.output('recorded', 'fetch', '--quiet'); // has nothing new, so it adds none
    await fixture.hub.app.get(DownloadCounts, { strict: false }).flush();
    const { body } = await adminClient(fixture.hub)('GET', '/audit-log?action=repo.download&repo=alice/recorded');
    const { events } = body as { events: { bytes: number }[] };
    expect(events).toMatchObject([{ data: { delivery: 'local', over: 'git', commit: newest } }]);
    expect(events[0]!.bytes).toBeGreaterThan(long.length);
  });

  it('gets the pointer of a large file', async () => {
    const { sha256, size } = await fixture.store.putLfsObject(repository, Readable.from([randomBytes(300_000)]));
    await fixture.store.createBranch(repository, { name: 'large' });
    await fixture.store.commit(repository, {
      branch: 'large',
      summary: 'large',
      author: { name: 'alice' },
      operations: [{ kind: 'lfsFile', path: 'deep/large.bin', sha256, size }],
    });
    await fixture.clone('/alice/repo', 'large', '--branch', 'large');
    expect((await contentOf('large', 'deep/large.bin')).toString()).toBe(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 300000\n`,
    );
    await fixture.expectValidClone('large');
  });

  it('clones a repository that was just created', async () => {
    await fixture.createRepo('new');
    await fixture.clone('/alice/new', 'new');
    expect(await fixture.git.output('new', 'ls-files')).toBe('.gitattributes');
  });

  it('follows a renamed repository', async () => {
    await fixture.createRepo('old');
    const json = { fromRepo: 'alice/old', toRepo: 'alice/renamed', type: 'model' };
    const { headers } = fixture.alice;
    expect((await sendRequest(fixture.hub.url, '/api/repos/move', { method: 'POST', headers, json })).status).toBe(200);
    await fixture.clone('/alice/old.git', 'old');
    await fixture.expectValidClone('old');
  });
});

describe('git fetch', () => {
  let repository: LocalRepo;
  const commitIds: string[] = [];

  const commitMore = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      commitIds.push(
        await fixture.commit(repository, { [`folder-${commitIds.length % 7}/file.txt`]: `${commitIds.length}` }),
      );
  };

  beforeAll(async () => {
    repository = await fixture.createRepo('growing');
    await commitMore(20);
  });

  it('transfers new objects only', async () => {
    await fixture.clone('/alice/growing', 'fetch');
    const before = await fixture.objects('fetch');
    await commitMore(1);
    await fixture.git.output('fetch', 'pull', '--quiet', '--ff-only');
    expect(await fixture.commitOf('fetch')).toBe(commitIds.at(-1));
    // a commit, the root, a folder, a file
    expect((await fixture.objects('fetch')) - before).toBe(4);
    await fixture.expectValidClone('fetch');
    expect((await fixture.git.run('fetch', 'fetch')).code).toBe(0);
  });

  it('finds the common history, even if the client has local commits', async () => {
    await fixture.clone('/alice/growing', 'own');
    const commitCommand = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '-m'];
    for (let n = 0; n < 80; n += 1) await fixture.git.output('own', ...commitCommand, `own ${n}`);
    const before = await fixture.objects('own');
    await fixture.store.createBranch(repository, { name: 'side', revision: commitIds[10]! });
    const sideCommit = await fixture.commit(repository, { 'side.txt': 'side' }, 'side');
    await fixture.git.output('own', 'fetch', '--quiet');
    expect(await fixture.commitOf('own', 'origin/side')).toBe(sideCommit);
    expect((await fixture.objects('own')) - before).toBe(3);
    await fixture.expectValidClone('own');
  });

  it('supports shallow clones, deepening and --unshallow', async () => {
    await fixture.clone('/alice/growing', 'shallow', '--depth', '1');
    expect(await fixture.history('shallow')).toEqual([commitIds.at(-1)]);
    await commitMore(3);
    await fixture.git.output('shallow', 'fetch', '--quiet');
    expect(await fixture.history('shallow', 'origin/main')).toEqual(commitIds.slice(-4).reverse());
    const before = await fixture.objects('shallow');
    await fixture.git.output('shallow', 'fetch', '--quiet', '--depth', '6');
    // two commits and, for each, its root and the folder and file that the next commit has changed
    expect((await fixture.objects('shallow')) - before).toBe(8);
    expect(await fixture.history('shallow', 'origin/main')).toEqual(commitIds.slice(-6).reverse());
    await fixture.expectValidClone('shallow');
    await fixture.git.output('shallow', 'fetch', '--quiet', '--depth', '2');
    expect(await fixture.history('shallow', 'origin/main')).toEqual(commitIds.slice(-2).reverse());
    await fixture.git.output('shallow', 'fetch', '--quiet', '--unshallow');
    // the oldest one is the initial commit of the repository
    expect((await fixture.history('shallow', 'origin/main')).slice(0, -1)).toEqual([...commitIds].reverse());
    expect(await fixture.git.output('shallow', 'rev-parse', '--is-shallow-repository')).toBe('false');
    await fixture.expectValidClone('shallow');
  });

  it('fetches a single commit by its id', async () => {
    await fixture.git.output('', 'init', '--quiet', 'one');
    await fixture.git.output(
      'one',
      'fetch',
      '--quiet',
      '--depth',
      '1',
      `${fixture.hub.url}/alice/growing`,
      commitIds[5]!,
    );
    expect(await fixture.history('one', 'FETCH_HEAD')).toEqual([commitIds[5]]);
    await fixture.expectValidClone('one');
  });
});

it('a long history can be cloned fully and partially', async () => {
  const repository = await fixture.createRepo('long');
  const commitIds: string[] = [];
  for (let n = 0; n < 200; n += 1)
    commitIds.push(await fixture.commit(repository, { [`f${n % 5}/${n % 11}.txt`]: `${n}` }));
  await fixture.clone('/alice/long', 'long');
  expect((await fixture.history('long')).slice(0, -1)).toEqual([...commitIds].reverse());
  await fixture.expectValidClone('long');
  await fixture.clone('/alice/long', 'long-shallow', '--depth', '100');
  expect(await fixture.history('long-shallow')).toEqual(commitIds.slice(-100).reverse());
});

describe('clones at the same time', () => {
  const path = '/alice/busy';
  let head: string;

  beforeAll(async () => {
    const repository = await fixture.createRepo('busy');
    const files = Array.from({ length: 200 }, (_, n) => [`folder-${n % 20}/file-${n}.txt`, `content ${n}`] as const);
    await fixture.commit(repository, Object.fromEntries(files));
    const large = Array.from({ length: 4 }, (_, n) => [`large-${n}.dat`, randomBytes(5_000_000)] as const);
    head = await fixture.commit(repository, Object.fromEntries(large));
  });

  const packs = async (origin: string): Promise<number> =>
    (await scrape(fixture.hub.url)).value('hubfall_git_packs_total', { origin }) ?? 0;

  /** Requests the pack of a clone. */
  const requestPack = (signal?: AbortSignal): Promise<Response> =>
    fetch(`${fixture.hub.url}${path}.git/git-upload-pack`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request' },
      body: Buffer.concat([pktLine(`want ${head} no-progress\n`), FLUSH, pktLine('done\n')]),
      signal,
    });

  it('share one pack', async () => {
    const [created, shared] = [await packs('created'), await packs('shared')];
    const folders = Array.from({ length: 20 }, (_, n) => `busy-${n}`);
    await Promise.all(folders.map((folder) => fixture.clone(path, folder, '--no-checkout')));
    for (const folder of folders) expect(await fixture.commitOf(folder)).toBe(head);
    await fixture.expectValidClone('busy-19');
    expect([(await packs('created')) - created, (await packs('shared')) - shared]).toEqual([1, 19]);
  });

  it('continue if the first client disconnects', async () => {
    const abort = new AbortController();
    head = await fixture.commit(
      (await fixture.store.find({ type: 'model', namespace: 'alice', name: 'busy' }, ANONYMOUS))!,
      { 'one-more.txt': 'x' },
    );
    const created = await packs('created');
    const first = await requestPack(abort.signal);
    const reader = first.body!.getReader();
    await reader.read();
    const others = [requestPack(), requestPack()];
    const responses = await Promise.all(others);
    abort.abort();
    await expect(reader.closed).rejects.toThrow();
    const bodies = await Promise.all(responses.map(async (response) => Buffer.from(await response.arrayBuffer())));
    expect(bodies[0]!.length).toBeGreaterThan(20_000_000);
    expect(bodies[1]!.equals(bodies[0]!)).toBe(true);
    expect((await packs('created')) - created).toBe(1);
  });

  it('do not share packs of different requests', async () => {
    const [created, shared] = [await packs('created'), await packs('shared')];
    await fixture.clone(path, 'busy-shallow', '--depth=1', '--no-checkout');
    await fixture.clone(path, 'busy-partial', '--filter=blob:none', '--no-checkout');
    expect([(await packs('created')) - created, (await packs('shared')) - shared]).toEqual([2, 0]);
    expect(await fixture.objects('busy-partial')).toBeLessThan(await fixture.objects('busy-shallow'));
  });
});
