import { beforeAll, describe, expect, it } from '@jest/globals';
import { commitBody, fileLine } from '../support/commit-body.js';
import type { RunningHub } from '../support/hub-app.js';
import { PASSWORD } from '../support/register-user.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestOrganization, createTestUser } from '../support/test-users.js';

interface Created {
  readonly token: string;
  readonly id: number;
}
type Headers = Record<string, string>;

const REPOSITORIES = ['tess/one', 'tess/two', 'scoped/model', 'tess/Public'];
const repo = (name: string, ...permissions: string[]): object => ({ entity: { type: 'model', name }, permissions });
const org = (...permissions: string[]): object => ({ entity: { type: 'org', name: 'Scoped' }, permissions });
const user = (...permissions: string[]): object => ({ entity: { type: 'user', name: 'tess' }, permissions });

/** Fine-grained access tokens: permissions, expiry, rotation. */
export const describeTokenScopes = (shared: () => RunningHub): void => {
  let hub: RunningHub;
  let cookie: string;
  const send = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    headers: Headers,
    json?: unknown,
  ): Promise<HttpResponse> => sendRequest(hub.url, path, { method, headers, ...(json !== undefined && { json }) });
  const create = (body: object): Promise<HttpResponse> =>
    send('POST', '/api/auth/tokens/create', { cookie }, { name: 'ci', role: 'fineGrained', ...body });
  const tokenFor = async (fineGrained: object, more: object = {}): Promise<Created> => {
    const created = await create({ fineGrained, ...more });
    expect([created.status, created.json()]).toEqual([200, expect.anything()]);
    return created.json() as Created;
  };
  const bearer = ({ token }: Pick<Created, 'token'>): Headers => ({ authorization: `Bearer ${token}` });
  const commit = (name: string, headers: Headers): Promise<HttpResponse> =>
    sendRequest(hub.url, `/api/models/${name}/commit/main`, {
      method: 'POST',
      body: commitBody('Add a file', fileLine('a.txt', 'a')),
      headers: { 'content-type': 'application/x-ndjson', ...headers },
    });
  const listed = async (): Promise<{ id: number; last_used_address: string | null }[]> =>
    ((await send('GET', '/api/auth/tokens', { cookie })).json() as { tokens: [] }).tokens;
  const problem = (response: HttpResponse): unknown[] => [
    response.status,
    (response.json() as { error: string }).error,
  ];

  beforeAll(async () => {
    hub = shared();
    await send('POST', '/api/auth/register', {}, { username: 'tess', password: PASSWORD });
    const { headers } = await send('POST', '/api/auth/login', {}, { username: 'tess', password: PASSWORD });
    cookie = headers['set-cookie']!.split(';')[0]!;
    await createTestOrganization(hub, 'Scoped', { tess: 'admin' });
    for (const name of REPOSITORIES) {
      const [organization, short] = name.split('/') as [string, string];
      const body = { type: 'model', organization, name: short, private: short !== 'Public' };
      expect((await send('POST', '/api/repos/create', { cookie }, body)).status).toBe(200);
    }
  });

  describe('a fine-grained token', () => {
    it('writes to its repository, and is refused elsewhere with an explanation', async () => {
      const headers = bearer(await tokenFor({ scoped: [repo('tess/one', 'repo.write')] }));
      expect((await commit('tess/one', headers)).status).toBe(200);
      expect(problem(await commit('tess/Public', headers))).toEqual([
        403,
        'This access token does not have the permission "repo.write" for the model "tess/Public". Create a token that has it in the settings of your account.',
      ]);
      expect((await commit('tess/two', headers)).status).toBe(404);
      const created = await send('POST', '/api/repos/create', headers, { type: 'model', name: 'three' });
      expect(problem(created)).toEqual([403, expect.stringContaining('"repo.write" for the namespace "tess"')]);
    });

    // the private repositories that can be read and written, and those in lists
    it.each<[string, object, string[], string[]]>([
      ['without permissions', {}, [], []],
      ['to read a repository', { scoped: [repo('tess/one', 'repo.content.read')] }, ['tess/one'], []],
      ['to write a repository', { scoped: [repo('Tess/ONE', 'repo.write')] }, ['tess/one'], ['tess/one']],
      ['to see access requests', { scoped: [repo('tess/one', 'repo.access.read')] }, [], []],
      ['to read an account', { scoped: [user('repo.content.read')] }, ['tess/one', 'tess/two'], []],
      ['to write an organization', { scoped: [org('repo.write')] }, ['scoped/model'], ['scoped/model']],
      ['to manage an organization', { scoped: [org('org.write')] }, [], []],
    ])('%s has access to what it includes', async (_, fineGrained, readable, writable) => {
      const headers = bearer(await tokenFor(fineGrained));
      const own = REPOSITORIES.filter((name) => name !== 'tess/Public');
      const allowed = async (check: (name: string) => Promise<HttpResponse>): Promise<string[]> => {
        const found: string[] = [];
        for (const name of own) if ((await check(name)).status === 200) found.push(name);
        return found;
      };
      expect(await allowed((name) => send('GET', `/api/models/${name}`, headers))).toEqual(readable);
      expect(await allowed((name) => send('GET', `/api/models/${name}/tree/main`, headers))).toEqual(readable);
      expect(await allowed((name) => send('GET', `/${name}.git/info/refs?service=git-upload-pack`, headers))).toEqual(
        readable,
      );
      expect(await allowed((name) => commit(name, headers))).toEqual(writable);
      const models = async (author: string): Promise<string[]> =>
        ((await send('GET', `/api/models?author=${author}`, headers)).json() as { id: string }[]).map(({ id }) => id);
      const inLists = [...(await models('tess')), ...(await models('scoped'))].map((id) =>
        id.replace('Scoped', 'scoped'),
      );
      expect(inLists.filter((id) => id !== 'tess/Public').sort()).toEqual([...readable].sort());
    });

    it('changes an organization only with "org.write"', async () => {
      const settings = '/api/organizations/scoped/settings';
      const change = async (...permissions: string[]): Promise<number> =>
        (await send('PUT', settings, bearer(await tokenFor({ scoped: [org(...permissions)] })), { bio: 'x' })).status;
      expect([await change('org.write'), await change('org.read'), await change('repo.write')]).toEqual([
        200, 403, 403,
      ]);
      const reader = bearer(await tokenFor({ scoped: [org('org.read')] }));
      expect((await send('GET', settings, reader)).status).toBe(200);
    });

    it('cannot change its account, tokens or organizations', async () => {
      const headers = bearer(
        await tokenFor({ global: ['discussion.write'], scoped: [user('repo.write'), org('org.write', 'repo.write')] }),
      );
      const calls = [
        send('PUT', '/api/users/tess/settings', headers, { bio: 'x' }),
        send('POST', '/api/organizations/create', headers, { name: 'another' }),
        send('POST', '/api/auth/tokens/create', headers, { name: 'x' }),
        send('DELETE', '/api/users/tess/avatar', headers),
      ];
      expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    });

    it('likes repositories with "discussion.write"', async () => {
      const like = async (fineGrained: object): Promise<number> =>
        (await send('POST', '/api/models/tess/Public/like', bearer(await tokenFor(fineGrained)))).status;
      expect([
        await like({ global: ['discussion.write'] }),
        await like({ scoped: [repo('tess/Public', 'repo.write')] }),
      ]).toEqual([200, 403]);
    });

    it('reads gated repositories of others, to which its account was given access, with "canReadGatedRepos"', async () => {
      const owner = await createTestUser(hub, 'gate-owner');
      await send('POST', '/api/repos/create', owner.headers, { type: 'model', name: 'gated', gated: 'manual' });
      expect((await commit('gate-owner/gated', owner.headers)).status).toBe(200);
      await send('POST', '/api/models/gate-owner/gated/user-access-request/grant', owner.headers, { user: 'tess' });
      const read = async (fineGrained: object): Promise<number> => {
        const headers = bearer(await tokenFor(fineGrained));
        return (await send('GET', '/gate-owner/gated/resolve/main/a.txt', headers)).status;
      };
      const scoped = [repo('tess/one', 'repo.content.read')];
      expect([await read({ canReadGatedRepos: true, scoped }), await read({ scoped })]).toEqual([200, 403]);
    });

    it('is described by whoami-v2 and the list of tokens, with its last use', async () => {
      const expires = '2999-01-01T00:00:00.000Z';
      const scoped = [repo('tess/one', 'repo.content.read'), org('org.read')];
      const { token, id } = await tokenFor({ global: ['discussion.write'], scoped }, { expires_at: expires });
      const fineGrained = {
        global: ['discussion.write'],
        canReadGatedRepos: false,
        scoped: [
          {
            entity: { _id: expect.any(String), type: 'model', name: 'tess/one' },
            permissions: ['repo.content.read'],
          },
          { entity: { _id: expect.any(String), type: 'org', name: 'Scoped' }, permissions: ['org.read'] },
        ],
      };
      expect((await send('GET', '/api/whoami-v2', bearer({ token }))).json()).toMatchObject({
        orgs: [{ name: 'Scoped' }],
        auth: { accessToken: { role: 'fineGrained', fineGrained }, expiresAt: expires },
      });
      expect(await listed()).toContainEqual(
        expect.objectContaining({ id, fineGrained, expires_at: expires, last_used_address: '127.0.0.1' }),
      );
      const other = bearer(await tokenFor({ scoped: [repo('tess/one', 'repo.write')] }));
      expect((await send('GET', '/api/whoami-v2', other)).json()).toMatchObject({ orgs: [] });
    });

    it('loses its permissions with its repository', async () => {
      const name = { type: 'model', name: 'temporary', private: true };
      await send('POST', '/api/repos/create', { cookie }, name);
      const headers = bearer(await tokenFor({ scoped: [repo('tess/temporary', 'repo.write')] }));
      await send('DELETE', '/api/repos/delete', { cookie }, { type: 'model', name: 'temporary' });
      await send('POST', '/api/repos/create', { cookie }, name);
      expect((await send('GET', '/api/models/tess/temporary', headers)).status).toBe(404);
      expect((await commit('tess/temporary', headers)).status).toBe(403);
    });

    it.each([
      [{ role: 'write', fineGrained: {} }, 'fineGrained'],
      [{}, 'fineGrained'],
      [{ fineGrained: { global: ['repo.write'] } }, 'fineGrained.global'],
      [{ fineGrained: { global: ['org.god'] } }, 'fineGrained.global'],
      [{ fineGrained: { scoped: [repo('tess/none', 'repo.write')] } }, 'fineGrained.scoped[0].entity'],
      [{ fineGrained: { scoped: [repo('tess/one', 'org.write')] } }, 'fineGrained.scoped[0].permissions'],
      [{ fineGrained: { scoped: [repo('tess/one', 'repo.write'), repo('tess/ONE')] } }, 'fineGrained.scoped[1].entity'],
      [
        { fineGrained: { scoped: [{ entity: { type: 'org', name: 'other' }, permissions: [] }] } },
        'fineGrained.scoped[0].entity',
      ],
      [
        { fineGrained: { scoped: [{ entity: { type: 'user', name: 'carol' }, permissions: [] }] } },
        'fineGrained.scoped[0].entity',
      ],
      [{ role: 'read', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
      [{ role: 'read', expires_at: 'tomorrow' }, 'expires_at'],
    ])('is not created with %j', async (body, field) => {
      const { status, json } = await create(body);
      const { fields = [] } = json() as { fields?: { field: string }[] };
      expect([status, fields[0]?.field]).toEqual([400, expect.stringContaining(field)]);
    });
  });

  describe('an access token', () => {
    it('gets a new secret when it is rotated, and the old one ends', async () => {
      const before = await tokenFor({ scoped: [repo('tess/one', 'repo.write')] });
      expect((await commit('tess/one', bearer(before))).status).toBe(200);
      const rotated = await send('POST', `/api/settings/tokens/${before.id}/rotate`, { cookie });
      const after = rotated.json() as Created;
      expect([rotated.status, after.id]).toEqual([200, before.id]);
      expect((await commit('tess/one', bearer(before))).status).toBe(401);
      expect((await commit('tess/one', bearer(after))).status).toBe(200);
      expect((await commit('tess/two', bearer(after))).status).toBe(404);
      expect((await send('POST', `/api/auth/tokens/${after.id}/rotate`, bearer(after))).status).toBe(403);
      expect((await send('POST', '/api/auth/tokens/999999/rotate', { cookie })).status).toBe(404);
    });
  });
};
