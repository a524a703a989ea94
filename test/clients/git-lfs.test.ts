import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest } from '../support/send-request.js';
import { commitBody } from '../support/commit-body.js';
import { json } from '../support/fake-replies.js';
import { FakeUpstream, requestText, type Responder } from '../support/fake-upstream.js';
import { GitProgram } from '../support/git-program.js';
import { gitServer } from '../support/git-server.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';

const CONTENT = randomBytes(3_000_000);
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(CONTENT)}\nsize ${CONTENT.length}\n`;
const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0;

/** A source that serves a git repository and LFS downloads. */
const gitSource =
  (folder: string): Responder =>
  (response, request) => {
    const { host } = request.headers;
    const download = { href: `http://${host}/bytes` };
    if (request.url === '/bytes') response.end(CONTENT);
    else if (request.url.startsWith('/api/')) json(200, { id: 'o/far', sha: 'a'.repeat(40) })(response, request);
    else if (request.url.endsWith('/info/lfs/objects/batch'))
      json(200, { transfer: 'basic', objects: [{ ...lfsObject(CONTENT), actions: { download } }] })(response, request);
    else gitServer(folder)(response, request);
  };

// The git and git-lfs programs against the built hub.
describe('git lfs', () => {
  if (!hasLfs) {
    it.skip('skipped: git-lfs is not installed', () => {});
    return;
  }
  let git: GitProgram;
  let upstream: FakeUpstream;
  let hub: HubProcess;
  let token: string;

  beforeAll(async () => {
    git = await GitProgram.start({ 'user.name': 'a', 'user.email': 'a@b' });
    await git.output('', 'lfs', 'install', '--skip-repo');
    upstream = await FakeUpstream.start(gitSource(join(git.home, 'origin')), '127.0.0.2');
    // The source has every repository, so the namespace guard would reject local ones.
    hub = await HubProcess.start({
      sources: [{ name: 'far', url: upstream.url, source_type: 'huggingface' }],
      env: { KOHAKU_HUB_NAMESPACE_GUARD: 'off' },
    });
    token = await registerUser(hub.url, 'alice');
    for (const name of ['open', 'secret']) await createWithLargeFile(name, name === 'secret');
  });
  afterAll(async () => {
    await hub?.close();
    await upstream?.close();
  });

  async function createWithLargeFile(name: string, isPrivate: boolean): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const post = async (path: string, body: object): Promise<void> =>
      expect((await sendRequest(hub.url, path, { method: 'POST', headers, ...body })).status).toBe(200);
    await post('/api/repos/create', { json: { name, private: isPrivate } });
    expect((await new LfsClient(hub, `alice/${name}`, { headers }).upload(CONTENT)).status).toBe(200);
    const line = ['lfsFile', { path: 'weights.bin', algo: 'sha256', ...lfsObject(CONTENT) }] as const;
    await post(`/api/models/alice/${name}/commit/main`, { body: commitBody('weights', line) });
  }

  const signed = (path: string): string => `${hub.url.replace('://', `://alice:${token}@`)}${path}`;
  const weights = async (folder: string): Promise<boolean> =>
    (await readFile(join(git.home, folder, 'weights.bin'))).equals(CONTENT);

  it('clones large files', async () => {
    await git.output('', 'clone', '--quiet', `${hub.url}/alice/open`, 'open');
    expect(await weights('open')).toBe(true);
    expect(await git.output('open', 'status', '--porcelain')).toBe('');
    expect(await git.output('open', 'lfs', 'fsck')).toContain('Git LFS fsck OK');
  });

  it('fetches large files after a clone without them', async () => {
    await git.output(
      '',
      '-c',
      'filter.lfs.smudge=',
      '-c',
      'filter.lfs.process=',
      '-c',
      'filter.lfs.required=false',
      'clone',
      '--quiet',
      `${hub.url}/alice/open`,
      'later',
    );
    expect(await readFile(join(git.home, 'later', 'weights.bin'), 'utf8')).toBe(POINTER);
    await git.output('later', 'lfs', 'pull');
    expect(await weights('later')).toBe(true);
  });

  it('clones private repositories with an access token as password', async () => {
    await git.output('', 'clone', '--quiet', signed('/alice/secret'), 'secret');
    expect(await weights('secret')).toBe(true);
    const helper = `!f() { echo username=alice; echo password=${token}; }; f`;
    await git.output(
      '',
      '-c',
      `credential.helper=${helper}`,
      'clone',
      '--quiet',
      `${hub.url}/alice/secret.git`,
      'helped',
    );
    expect(await weights('helped')).toBe(true);
  });

  it('clones external repositories without sending credentials to the source', async () => {
    await git.output('', 'init', '--quiet', '--initial-branch=main', 'origin');
    await git.output('origin', 'lfs', 'track', '*.bin');
    await writeFile(join(git.home, 'origin', 'weights.bin'), CONTENT);
    await git.output('origin', 'add', '.');
    await git.output('origin', 'commit', '--quiet', '-m', 'far');
    await git.output('', 'clone', '--quiet', `${hub.url}/o/far`, 'far');
    expect(await weights('far')).toBe(true);
    const seen = upstream.requests.map(requestText);
    expect(seen.some((text) => text.startsWith('POST\n/o/far.git/info/lfs/objects/batch'))).toBe(true);
    // git-lfs sends credentials of the URL with its first request, and may repeat them at the target of a redirect
    const refused = await git.run('', 'clone', '--quiet', signed('/o/far'), 'refused');
    expect(refused.stderr).toContain('Git would send your credentials for this hub');
    seen.push(...upstream.requests.map(requestText));
    for (const text of seen) expect(text).not.toMatch(new RegExp(`authorization|${token}`, 'i'));
  });
});
