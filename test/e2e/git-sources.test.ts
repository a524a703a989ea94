import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { json, text } from '../support/fake-replies.js';
import { wholeText, type Responder } from '../support/fake-upstream.js';
import { GitProgram } from '../support/git-program.js';
import { gitServer } from '../support/git-server.js';
import { hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { person, type Person } from '../support/people.js';

const REFS = '/info/refs?service=git-upload-pack';

let world: HubWithSources;
let git: GitProgram;
let alice: Person;
let commit: string;

/** A source that has what is asked for, and git's own program behind it; `closed` wants a password. */
const source =
  (folder: string): Responder =>
  (response, request) => {
    if (request.url.startsWith('/api/')) return json(200, { id: 'o/far', sha: 'a'.repeat(40) })(response, request);
    const challenge = { 'www-authenticate': 'Basic realm="far"' };
    if (request.url.includes('closed')) return text(401, 'sign in\n', challenge)(response, request);
    return gitServer(folder)(response, request);
  };

beforeAll(async () => {
  git = await GitProgram.start({ 'user.name': 'a', 'user.email': 'a@b' });
  await git.do('', 'init', '--quiet', '--initial-branch=main', 'origin');
  await git.do('origin', 'commit', '--quiet', '--allow-empty', '-m', 'far');
  commit = await git.do('origin', 'rev-parse', 'HEAD');
  const replies = Array.from({ length: 4 }, () => source(`${git.home}/origin`));
  const facts = [
    { host: '127.0.0.2', include: ['o/*', 'dataset:*/*', 'gpt2'] },
    { source_type: 'kohakuhub', include: ['k/*'] } as const,
    { token: 'hf_the-sources-own', include: ['t/*'] },
    { delivery: 'proxy', include: ['p/*'] } as const,
  ];
  world = await hubWithSources(replies, { facts, env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'ours' } });
  alice = await person(world.hub, 'alice');
});
afterAll(() => world.close());
beforeEach(() => world.sources.forEach((far) => far.forget()));

const signed = (path: string): string => `${world.hub.url.replace('://', `://alice:${alice.token}@`)}${path}`;

describe('a repository that the hub lacks', () => {
  it.each([
    ['/o/far', '/o/far'],
    ['/o/far.git', '/o/far'],
    ['/gpt2', '/gpt2'],
    ['/datasets/o/far', '/datasets/o/far'],
  ])('is cloned at %s from its source’s %s, and fetched from there', async (path, far) => {
    const into = path.slice(1).replaceAll('/', '-');
    await git.do('', 'clone', '--quiet', signed(path), into);
    expect(await git.do(into, 'rev-parse', 'HEAD')).toBe(commit);
    await git.do(into, 'fetch', '--quiet');
    const asked = world.sources[0]!.requests.map(({ method, url }) => `${method} ${url}`);
    expect(asked.filter((line) => !line.includes('/api/')).slice(0, 2)).toEqual([
      `GET ${far}${REFS}`,
      `POST ${far}/git-upload-pack`,
    ]);
  });

  it.each(['/o/far', '/o/closed'])('takes no credentials along, also where %s wants some', async (path) => {
    await git.run('', 'clone', '--quiet', signed(path), `with${path.replaceAll('/', '-')}`);
    const seen = world.sources[0]!.requests;
    expect(seen.some(({ url }) => url.startsWith(path))).toBe(true);
    const basic = Buffer.from(`alice:${alice.token}`).toString('base64');
    for (const request of seen) {
      expect(request.headers).not.toHaveProperty('authorization');
      expect(wholeText(request)).not.toContain(alice.token);
      expect(wholeText(request)).not.toContain(basic);
    }
  });

  it('is led to in a redirect that nobody may keep, in the words of the source’s kind', async () => {
    for (const [path, location] of [
      ['/o/far', `${world.sources[0]!.url}/o/far${REFS}`],
      ['/k/far', `${world.sources[1]!.url}/k/far.git${REFS}`],
    ] as const) {
      const told = await world.ask(`${path}${REFS}`);
      expect(told).toMatchObject({ status: 302, headers: { location, 'cache-control': 'no-store' } });
    }
  });

  it.each([
    ['/t/far', 'hf download t/far'],
    ['/p/far', 'hf download p/far'],
  ])('is refused where its source is reached through the hub alone: %s', async (path, instead) => {
    const told = await git.run('', 'clone', `${world.hub.url}${path}`, 'refused');
    expect(told.code).toBe(128);
    expect(told.stderr).toContain(`remote: Git cannot get what this hub has from`);
    expect(told.stderr).toContain(`Instead: HF_ENDPOINT=${world.hub.url} ${instead}`);
    expect(world.sources.flatMap(({ requests }) => requests).every(({ url }) => url.startsWith('/api/'))).toBe(true);
  });

  it('is not asked for where it must not be', async () => {
    for (const path of [`/ours/far${REFS}`, `/o/far${REFS}&fallback=false`])
      expect([path, (await world.ask(path, { headers: alice.headers })).status]).toEqual([path, 404]);
    expect(world.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('is not to be had by asking for the objects at once', async () => {
    const told = await world.ask('/o/far/git-upload-pack', { method: 'POST', body: '0000' });
    expect(told.status).toBe(401);
    expect(world.sources[0]!.requests).toEqual([]);
  });
});
