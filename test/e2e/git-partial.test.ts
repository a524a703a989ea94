import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { FLUSH, pktLine } from '../../src/repos/git/pkt-line.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { GitFixture } from '../support/git-fixture.js';
import { sendRequest } from '../support/send-request.js';

const UNKNOWN = 'a'.repeat(40);
const URL_OF = (name: string): string => `${fixture.hub.url}/alice/${name}`;

let fixture: GitFixture;
beforeAll(async () => {
  fixture = await GitFixture.start();
});
afterAll(() => fixture.close());

/** Runs git and returns its messages. Expects it to fail. */
async function messagesOfFailed(folder: string, ...args: string[]): Promise<string> {
  const { code, stderr } = await fixture.git.run(folder, ...args);
  expect(code).not.toBe(0);
  return stderr;
}

describe('shallow histories', () => {
  let repository: LocalRepo;
  /** Newest last. One commit per day, from 2030-01-02. */
  const ids: string[] = [];
  const newest = (count: number): string[] => ids.slice(-count).toReversed();
  const history = (folder: string): Promise<string[]> => fixture.history(folder, 'origin/main');

  const commitDays = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      fixture.setTime(new Date(Date.UTC(2030, 0, ids.length + 2, 12)));
      ids.push(await fixture.commit(repository, { [`f${ids.length % 3}.txt`]: `${ids.length}` }));
    }
  };

  beforeAll(async () => {
    fixture.setTime(new Date(Date.UTC(2030, 0, 1, 12)));
    repository = await fixture.createRepo('days');
    await commitDays(10);
    await fixture.store.createTag(repository, { name: 'v4', revision: ids[3]! });
    await fixture.store.createBranch(repository, { name: 'old', revision: ids[1]! });
  });

  it('--deepen extends the history from its present end', async () => {
    await fixture.clone('/alice/days', 'deepen', '--depth', '2');
    await commitDays(2);
    await fixture.git.output('deepen', 'fetch', '--quiet', '--deepen', '3');
    expect(await history('deepen')).toEqual(newest(7));
    await fixture.expectValidClone('deepen');
    await fixture.git.output('deepen', 'fetch', '--quiet', '--deepen', '1');
    expect(await history('deepen')).toEqual(newest(8));
    await fixture.git.output('deepen', 'fetch', '--quiet', '--deepen', '100');
    expect(await fixture.git.output('deepen', 'rev-parse', '--is-shallow-repository')).toBe('false');
    await fixture.expectValidClone('deepen');
  });

  it('--shallow-since limits the history by date', async () => {
    await fixture.clone('/alice/days', 'since', '--shallow-since', '2030-01-10T00:00:00Z');
    expect(await history('since')).toEqual(newest(ids.length - 8));
    await fixture.expectValidClone('since');
    await fixture.git.output('since', 'fetch', '--quiet', '--shallow-since', '2030-01-08T00:00:00Z');
    expect(await history('since')).toEqual(newest(ids.length - 6));
    await fixture.git.output('since', 'fetch', '--quiet', '--shallow-since', '2030-01-11T00:00:00Z');
    expect(await history('since')).toEqual(newest(ids.length - 9));
    await fixture.git.output('since', 'fetch', '--quiet', '--unshallow');
    expect((await history('since')).slice(0, -1)).toEqual(ids.toReversed());
    await fixture.expectValidClone('since');
  });

  it('--shallow-exclude ends the history at a branch or tag', async () => {
    await fixture.clone('/alice/days', 'exclude', '--shallow-exclude', 'v4');
    expect(await history('exclude')).toEqual(newest(ids.length - 4));
    await fixture.expectValidClone('exclude');
    await fixture.git.output('exclude', 'fetch', '--quiet', '--shallow-exclude', 'old');
    expect(await history('exclude')).toEqual(newest(ids.length - 2));
    await fixture.clone('/alice/days', 'both', '--shallow-exclude', 'refs/tags/v4', '--shallow-exclude', 'old');
    expect(await history('both')).toEqual(newest(ids.length - 4));
  });

  it.each([
    ['--shallow-since=2035-01-01', 'No commit is selected'],
    ['--shallow-exclude=main', 'No commit is selected'],
    ['--shallow-exclude=nothing', 'This repository has no branch or tag "nothing"'],
  ])('%s fails with a sentence that git prints', async (option, sentence) => {
    const messages = await messagesOfFailed('', 'clone', '--single-branch', option, URL_OF('days'), 'failed');
    expect(messages).toContain(`fatal: remote error: ${sentence}`);
  });
});

describe('partial clones', () => {
  let repository: LocalRepo;
  const files = { 'a/b/deep.txt': 'deep', 'small.txt': 'small', 'big.txt': 'x'.repeat(5000) };

  beforeAll(async () => {
    repository = await fixture.createRepo('partial');
    await fixture.commit(repository, files);
    const { sha256, size } = await fixture.store.putLfsObject(repository, Readable.from([Buffer.alloc(100_000)]));
    await fixture.store.commit(repository, {
      branch: 'main',
      summary: 'large',
      author: { name: 'alice' },
      operations: [{ kind: 'lfsFile', path: 'large.bin', sha256, size }],
    });
  });

  /** The number of objects of each type that a clone has. */
  const typesIn = async (folder: string): Promise<Record<string, number>> => {
    const types = await fixture.git.output(folder, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype)');
    const counts: Record<string, number> = { commit: 0, tree: 0, blob: 0 };
    for (const type of types.split('\n')) counts[type]! += 1;
    return counts;
  };

  it.each([
    ['blob:none', { commit: 3, tree: 5, blob: 0 }],
    ['blob:limit=1000', { commit: 3, tree: 5, blob: 3 }],
    ['blob:limit=1k', { commit: 3, tree: 5, blob: 3 }],
    ['tree:0', { commit: 3, tree: 0, blob: 0 }],
    ['tree:1', { commit: 3, tree: 3, blob: 0 }],
    ['tree:2', { commit: 3, tree: 4, blob: 4 }],
  ])('--filter=%s leaves objects out, and git fetches them when it needs them', async (filter, counts) => {
    const folder = filter.replace(/\W/g, '-');
    const cloned = await fixture.git.run('', 'clone', '--no-checkout', `--filter=${filter}`, URL_OF('partial'), folder);
    expect(cloned).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/warning/) as unknown });
    expect(await typesIn(folder)).toEqual(counts);
    await fixture.git.output(folder, 'checkout', '--quiet', 'main');
    for (const [path, text] of Object.entries(files))
      expect(await fixture.git.output(folder, 'show', `HEAD:${path}`)).toBe(text);
    await fixture.expectValidClone(folder);
  });

  it('can be updated, and have a shallow history', async () => {
    await fixture.git.output(
      '',
      'clone',
      '--quiet',
      '--depth',
      '1',
      '--filter=blob:none',
      URL_OF('partial'),
      'updated',
    );
    const commitId = await fixture.commit(repository, { 'new.txt': 'new' });
    await fixture.git.output('updated', 'pull', '--quiet', '--ff-only');
    expect(await fixture.commitOf('updated')).toBe(commitId);
    expect(await fixture.git.output('updated', 'show', 'HEAD:new.txt')).toBe('new');
  });

  it.each(['sparse:oid=main', 'blob:limit=many', 'object:type=tag'])(
    '--filter=%s is refused with a sentence',
    async (filter) => {
      const body = [pktLine(`want ${await head()} filter`), pktLine(`filter ${filter}`), FLUSH, pktLine('done')];
      const response = await sendRequest(fixture.hub.url, '/alice/partial.git/git-upload-pack', {
        method: 'POST',
        body: Buffer.concat(body),
      });
      expect(response.body.toString()).toMatch(/^[0-9a-f]{4}ERR This hub does not support the filter /);
    },
  );

  const head = async (): Promise<string> =>
    ((await sendRequest(fixture.hub.url, '/api/models/alice/partial')).json() as { sha: string }).sha;

  it('objects of deleted history are not sent to readers', async () => {
    const hidden = await fixture.createRepo('hidden');
    await fixture.store.createBranch(hidden, { name: 'leak' });
    await fixture.commit(hidden, { 'password.txt': 'secret' }, 'leak');
    await fixture.clone('/alice/hidden', 'hidden', '--branch', 'leak');
    const blob = await fixture.git.output('hidden', 'rev-parse', 'HEAD:password.txt');
    const fetchBlob = async (folder: string): Promise<string> => {
      await fixture.git.output('', 'init', '--quiet', folder);
      return (await fixture.git.run(folder, 'fetch', '--filter=blob:none', URL_OF('hidden'), blob)).stderr;
    };
    expect(await fetchBlob('before')).not.toContain('remote error');
    const path = '/api/models/alice/hidden/branch/leak';
    await sendRequest(fixture.hub.url, path, { method: 'DELETE', headers: fixture.alice.headers });
    expect(await fetchBlob('after')).toContain(`remote error: This repository has no object ${blob}.`);
  });
});

describe('annotated tags', () => {
  let repository: LocalRepo;
  let tagged: string;
  const api = (path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET', json?: unknown) =>
    sendRequest(fixture.hub.url, `/api/models/alice/tags${path}`, { method, json, headers: fixture.alice.headers });

  beforeAll(async () => {
    repository = await fixture.createRepo('tags');
    await fixture.clone('/alice/tags', 'before-tags');
    tagged = await fixture.commit(repository, { 'a.txt': 'a' });
    const message = 'First release\r\n\r\nWith notes.\n';
    expect((await api('/tag/main', 'POST', { tag: 'v1', message })).status).toBe(200);
    expect((await api('/tag/main', 'POST', { tag: 'light' })).status).toBe(200);
    expect((await api('/tag/main', 'POST', { tag: 'blank', message: ' ' })).status).toBe(200);
    await fixture.commit(repository, { 'a.txt': 'b' });
  });

  it('have their message and tagger in a clone', async () => {
    await fixture.clone('/alice/tags', 'tags');
    expect(await fixture.git.output('tags', 'cat-file', '-t', 'v1')).toBe('tag');
    expect(await fixture.git.output('tags', 'for-each-ref', '--format=%(contents)|%(taggername)', 'refs/tags/v1')).toBe(
      'First release\n\nWith notes.\n|alice',
    );
    expect(await fixture.git.output('tags', 'describe', 'HEAD')).toMatch(/^v1-1-g/);
    for (const name of ['light', 'blank'])
      expect(await fixture.git.output('tags', 'cat-file', '-t', name)).toBe('commit');
    await fixture.expectValidClone('tags');
  });

  it('are fetched with the commits that they name', async () => {
    await fixture.git.output('before-tags', 'fetch', '--quiet');
    expect(await fixture.git.output('before-tags', 'tag', '--list')).toBe('blank\nlight\nv1');
    await fixture.clone('/alice/tags', 'single', '--branch', 'v1', '--depth', '1');
    expect(await fixture.commitOf('single')).toBe(tagged);
    await fixture.expectValidClone('single');
  });

  it('are listed with the commit that they name', async () => {
    const lines = (await fixture.git.output('', 'ls-remote', '--tags', URL_OF('tags'))).split('\n');
    const refs = new Map(lines.map((line) => line.split('\t').toReversed() as [string, string]));
    expect([...refs.keys()]).toEqual(['refs/tags/blank', 'refs/tags/light', 'refs/tags/v1', 'refs/tags/v1^{}']);
    expect(refs.get('refs/tags/v1^{}')).toBe(tagged);
    expect(refs.get('refs/tags/v1')).not.toBe(tagged);
    const { tags } = (await api('/refs')).json() as { tags: object[] };
    expect(tags).toContainEqual({ name: 'v1', ref: 'refs/tags/v1', targetCommit: tagged });
    expect((await api('/revision/v1')).json()).toMatchObject({ sha: tagged });
  });

  it('can be deleted and created again', async () => {
    await api('/tag/main', 'POST', { tag: 'again', message: 'old' });
    expect((await api('/tag/again', 'DELETE')).status).toBe(200);
    await api('/tag/main', 'POST', { tag: 'again' });
    await fixture.clone('/alice/tags', 'again');
    expect(await fixture.git.output('again', 'cat-file', '-t', 'again')).toBe('commit');
  });
});

describe('errors', () => {
  beforeAll(async () => {
    await fixture.createRepo('errors');
  });

  it.each<[string, (head: string) => Buffer[], string]>([
    [
      'an unknown commit',
      () => [pktLine(`want ${UNKNOWN}\n`), FLUSH, pktLine('done\n')],
      `This repository has no object ${UNKNOWN}.`,
    ],
    [
      'an unknown line',
      (head) => [pktLine(`want ${head}\n`), pktLine('sparse x'), FLUSH],
      'This hub does not support the line "sparse x".',
    ],
    [
      'a line that is too short',
      (head) => [pktLine(`want ${head}\n`), Buffer.from('0003')],
      'Invalid request: the pkt-line at byte 50 is malformed.',
    ],
    [
      'another hash',
      (head) => [pktLine(`want ${head} object-format=sha256`), FLUSH],
      'This hub supports only SHA-1 objects.',
    ],
    ['nothing', () => [], 'The request does not name a wanted object.'],
  ])('a request for %s gets a sentence that git prints', async (_case, body, sentence) => {
    const { sha } = (await sendRequest(fixture.hub.url, '/api/models/alice/errors')).json() as { sha: string };
    const response = await sendRequest(fixture.hub.url, '/alice/errors.git/git-upload-pack', {
      method: 'POST',
      body: Buffer.concat(body(sha)),
    });
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-git-upload-pack-result' },
    });
    expect(response.body.toString()).toBe(pktLine(`ERR ${sentence}\n`).toString());
  });

  it('git prints the reason if a commit does not exist', async () => {
    await fixture.git.output('', 'init', '--quiet', 'unknown');
    const messages = await messagesOfFailed('unknown', 'fetch', URL_OF('errors'), UNKNOWN);
    expect(messages).toContain(`remote error: This repository has no object ${UNKNOWN}.`);
  });

  it('git archive --remote is refused by git itself or with a sentence', async () => {
    const messages = await messagesOfFailed('', 'archive', `--remote=${URL_OF('errors')}`, 'main');
    expect(messages).toMatch(/not supported/i);
  });
});
