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

/** A source with git's own program behind it, and the LFS protocol as far as downloads need it. */
const startUpstream =
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

// git and git-lfs as Debian has them, in front of the built hub
describe('git lfs', () => {
  if (!hasLfs) {
    it.skip('skipped: git-lfs is not installed', () => {});
    return;
  }
  let git: GitProgram;
  let far: FakeUpstream;
  let hub: HubProcess;
  let token: string;

  beforeAll(async () => {
    git = await GitProgram.start({ 'user.name': 'a', 'user.email': 'a@b' });
    await git.do('', 'lfs', 'install', '--skip-repo');
    far = await FakeUpstream.start(startUpstream(join(git.home, 'origin')), '127.0.0.2');
    hub = await HubProcess.start({ sources: [{ name: 'far', url: far.url, source_type: 'huggingface' }] });
    token = await registerUser(hub.url, 'alice');
    for (const name of ['open', 'secret']) await makeWithLargeFile(name, name === 'secret');
  });
  afterAll(async () => {
    await hub?.close();
    await far?.close();
  });

  async function makeWithLargeFile(name: string, isPrivate: boolean): Promise<void> {
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

  it('a clone has its large files', async () => {
    await git.do('', 'clone', '--quiet', `${hub.url}/alice/open`, 'open');
    expect(await weights('open')).toBe(true);
    expect(await git.do('open', 'status', '--porcelain')).toBe('');
    expect(await git.do('open', 'lfs', 'fsck')).toContain('Git LFS fsck OK');
  });

  it('or gets them later', async () => {
    await git.do(
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
    await git.do('later', 'lfs', 'pull');
    expect(await weights('later')).toBe(true);
  });

  it('a private repository’s come with the token as the password', async () => {
    await git.do('', 'clone', '--quiet', signed('/alice/secret'), 'secret');
    expect(await weights('secret')).toBe(true);
    const helper = `!f() { echo username=alice; echo password=${token}; }; f`;
    await git.do('', '-c', `credential.helper=${helper}`, 'clone', '--quiet', `${hub.url}/alice/secret.git`, 'helped');
    expect(await weights('helped')).toBe(true);
  });

  it('those of a source’s repository come from the source, which sees no credentials', async () => {
    await git.do('', 'init', '--quiet', '--initial-branch=main', 'origin');
    await git.do('origin', 'lfs', 'track', '*.bin');
    await writeFile(join(git.home, 'origin', 'weights.bin'), CONTENT);
    await git.do('origin', 'add', '.');
    await git.do('origin', 'commit', '--quiet', '-m', 'far');
    await git.do('', 'clone', '--quiet', signed('/o/far'), 'far');
    expect(await weights('far')).toBe(true);
    const seen = far.requests.map(requestText);
    expect(seen.some((text) => text.startsWith('POST\n/o/far.git/info/lfs/objects/batch'))).toBe(true);
    for (const text of seen) expect(text).not.toMatch(new RegExp(`authorization|${token}`, 'i'));
  });
});
