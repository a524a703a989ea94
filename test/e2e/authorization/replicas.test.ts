import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FULL_RUN } from '../../support/full-run.js';
import { PASSWORD } from '../../support/register-user.js';
import type { HttpResponse } from '../../support/send-request.js';
import { MatrixCallers, tokenOf } from './matrix-callers.js';
import { describeMatrix } from './matrix-suite.js';
import { Replicas, type Headers } from './replicas.js';

const WHOAMI = '/api/whoami-v2';
const SECRET = '/api/models/acme/secret';
const MEMBER = '/api/organizations/acme/members/mel';

/** A change of rights on one replica, and what it ends on the others. */
interface Change {
  readonly name: string;
  /** The request whose outcome changes; `GET /api/whoami-v2` by default. */
  readonly path?: string;
  readonly before?: number;
  readonly after: number;
  /** @returns the headers of the caller, and the change on replica 0 */
  readonly prepare: () => Promise<readonly [Headers, () => Promise<HttpResponse>]>;
}

describe('rights on three replicas', () => {
  let callers: MatrixCallers;
  let mel: Headers;
  let admin: Headers;
  beforeAll(async () => {
    callers = await MatrixCallers.start((env) => Replicas.three(env));
    mel = await callers.signUp('mel');
    await callers.createOrganization({ ada: 'admin', mel: 'write' });
    admin = { 'x-admin-token': callers.replicas.hubs[0]!.adminToken };
  }, 120_000);
  afterAll(() => callers?.close());

  const change = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    headers = callers.owner,
    json?: unknown,
  ): Promise<HttpResponse> => callers.replicas.sendTo(0, { method, path, headers, json });
  const newToken = async (role = 'write') => {
    const created = await callers.send('POST', '/api/auth/tokens/create', mel, { name: 'x', role });
    return [tokenOf(created), (created.json() as { id: number }).id] as const;
  };
  const newUser = async (name: string) => [await callers.signUp(name), `/admin/api/accounts/${name}`] as const;

  const CHANGES: readonly Change[] = [
    {
      name: 'a revoked token',
      after: 401,
      prepare: async () => {
        const [token, id] = await newToken();
        return [token, () => change('DELETE', `/api/auth/tokens/${id}`, mel)];
      },
    },
    {
      name: 'a rotated token',
      after: 401,
      prepare: async () => {
        const [token, id] = await newToken();
        return [token, () => change('POST', `/api/auth/tokens/${id}/rotate`, mel)];
      },
    },
    {
      name: 'a session that signs out',
      after: 401,
      prepare: async () => {
        const session = await callers.signIn('mel');
        return [session, () => change('POST', '/api/auth/logout', session)];
      },
    },
    {
      name: 'the session of an account that is disabled',
      after: 401,
      prepare: async () => {
        const [session, account] = await newUser('dora');
        return [session, () => change('PUT', account, admin, { disabled: true })];
      },
    },
    {
      name: 'the token of an account that is disabled',
      after: 401,
      prepare: async () => {
        const [session, account] = await newUser('dirk');
        const token = await callers.createToken(session, { role: 'write' });
        return [token, () => change('PUT', account, admin, { disabled: true })];
      },
    },
    {
      name: 'a session whose password is changed by an administrator',
      after: 401,
      prepare: async () => {
        const [session, account] = await newUser('pia');
        return [session, () => change('POST', `${account}/password`, admin, { password: 'another password' })];
      },
    },
    {
      name: 'the token of a deleted account',
      after: 401,
      prepare: async () => {
        const [session, account] = await newUser('dan');
        return [await callers.createToken(session, { role: 'write' }), () => change('DELETE', account, admin)];
      },
    },
    {
      name: 'an administrator whose role is removed',
      path: '/admin/api/accounts',
      after: 403,
      prepare: async () => {
        await newUser('other-root');
        await change('PUT', '/admin/api/accounts/other-root', admin, { administrator: true }); // the last one stays
        const [session, account] = await newUser('root-user');
        await change('PUT', account, admin, { administrator: true });
        return [session, () => change('PUT', account, admin, { administrator: false })];
      },
    },
    {
      name: 'a disabled service account',
      after: 401,
      prepare: async () => {
        const account = '/api/organizations/acme/service-accounts/acme-ci';
        return [await callers.addServiceAccount(), () => change('PUT', account, callers.owner, { disabled: true })];
      },
    },
    {
      name: 'a trusted publisher that is removed',
      path: SECRET,
      after: 401,
      prepare: async () => {
        const { id, headers } = await callers.addPublisher('release', 'secret');
        return [headers, () => change('DELETE', `${SECRET}/trusted-publishers/${id}`)];
      },
    },
    {
      name: 'a member with a lower role',
      path: `${SECRET}/auth-check/write`,
      after: 403,
      prepare: async () => [mel, () => change('PUT', MEMBER, callers.owner, { role: 'read' })],
    },
    {
      name: 'a member who is removed',
      path: SECRET,
      after: 404,
      prepare: async () => [(await newToken())[0], () => change('DELETE', MEMBER)],
    },
  ];

  it.each(CHANGES)('$name: the others know it when the request returns', async ({ path = WHOAMI, after, prepare }) => {
    const [headers, act] = await prepare();
    const statuses = async (): Promise<number[]> => {
      const others = await Promise.all(
        [0, 1, 2].map((at) => callers.replicas.sendTo(at, { method: 'GET', path, headers })),
      );
      return others.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 200, 200]); // and now all of them have cached the caller
    expect([200, 204]).toContain((await act()).status);
    expect(await statuses()).toEqual([after, after, after]);
  });

  it('an invitation for one use has one winner among requests to all replicas', async () => {
    const guests = await Promise.all(Array.from({ length: 6 }, (_, n) => callers.signUp(`guest-${n}`)));
    const created = await change('POST', '/api/organizations/acme/invitations', callers.owner, {});
    const token = (created.json() as { url: string }).url.split('/').at(-1)!;
    const accept = (headers: Headers): Promise<HttpResponse> =>
      callers.send('POST', `/api/invitations/${token}/accept`, headers);
    const statuses = (await Promise.all(guests.map(accept))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 410, 410, 410, 410, 410]);
    const members = (await change('GET', '/api/organizations/acme/members')).json() as { user: string }[];
    expect(members.filter(({ user }) => user.startsWith('guest-'))).toHaveLength(1);
  });

  it('an invitation for one registration has one winner, too', async () => {
    const created = await change('POST', '/admin/api/invitations', admin, {});
    const token = (created.json() as { url: string }).url.split('/').at(-1)!;
    const register = (_: unknown, n: number): Promise<HttpResponse> =>
      callers.send('POST', `/api/invitations/${token}/register`, {}, { username: `new-${n}`, password: PASSWORD });
    const statuses = (await Promise.all(Array.from({ length: 6 }, register))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 410, 410, 410, 410, 410]);
  });
});

if (FULL_RUN) describe('the rights of callers on three replicas', () => describeMatrix((env) => Replicas.three(env)));
