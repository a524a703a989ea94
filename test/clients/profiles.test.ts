import { whoAmI } from '@huggingface/hub';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { requestText } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { NEWEST_PYTHON_ENVS, PythonClient, type PythonOutcome } from '../support/python-client.js';

// People as clients read them, through the hub process: its own, and those of a scripted huggingface.co that it asks with a token.
const SOURCE_TOKEN = 'hf_TheSourcesOwnToken';

let hub: HubProcess;
let far: FakeHuggingFace;
let token: string;
beforeAll(async () => {
  far = await FakeHuggingFace.start({
    accounts: [{ name: 'mirror', token: SOURCE_TOKEN }],
    people: {
      users: {
        'julien-c': {
          ...{ fullname: 'Julien Chaumond', isPro: true, details: 'Hello', numModels: 50, avatarUrl: '/avatars/j.svg' },
          ...{ followers: ['ann', 'ben', 'cem'], likes: ['openai/a', 'openai/b'] },
          orgs: [{ id: '5e67bd5b1009063689407478', name: 'lab', fullname: 'The Lab', avatarUrl: '/avatars/lab.svg' }],
        },
      },
      organizations: { lab: { fullname: 'The Lab', isVerified: true, numModels: 7, members: ['x', 'y', 'z'] } },
      pageSize: 2,
    },
  });
  hub = await HubProcess.start({
    sources: [{ name: 'HuggingFace', url: far.url, source_type: 'huggingface', token: SOURCE_TOKEN }],
  });
  token = await registerUser(hub.url, 'client');
});
afterAll(async () => {
  await hub?.close();
  await far?.close();
});

const ask = (call: string, args: object) => ({ on: 'api' as const, call, args: { ...args } });
const named = ({ value, message }: PythonOutcome, field = 'username'): unknown =>
  (value as Record<string, unknown>[] | undefined)?.map((one) => one[field]) ?? message;

describe.each(NEWEST_PYTHON_ENVS)('%s', (env) => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, { endpoint: hub.url, token });
  });
  afterAll(() => python?.close());

  it('reads users and organizations of the source', async () => {
    const [user, organization] = await python.call(
      ask('get_user_overview', { username: 'Julien-C' }),
      ask('get_organization_overview', { organization: 'lab' }),
    );
    expect(user!.value).toMatchObject({
      ...{ class: 'User', username: 'julien-c', fullname: 'Julien Chaumond', user_type: 'user', is_pro: true },
      ...{ details: 'Hello', num_models: 50, num_followers: 3, avatar_url: `${hub.url}/api/users/julien-c/avatar` },
      orgs: [{ name: 'lab', fullname: 'The Lab', avatar_url: `${hub.url}/api/organizations/lab/avatar` }],
    });
    expect(organization!.value).toMatchObject({
      ...{ class: 'Organization', name: 'lab', fullname: 'The Lab', is_verified: true, num_users: 3, num_models: 7 },
    });
  });

  it('walks their lists to the end', async () => {
    const outcomes = await python.call(
      ask('list_organization_members', { organization: 'lab' }),
      ask('list_user_followers', { username: 'julien-c' }),
      ask('list_user_following', { username: 'julien-c' }),
    );
    expect(outcomes.map((one) => named(one))).toEqual([['x', 'y', 'z'], ['ann', 'ben', 'cem'], []]);
    const [likes] = await python.call(ask('list_liked_repos', { user: 'julien-c' }));
    expect(likes!.value).toMatchObject({ user: 'julien-c', total: 2, models: ['openai/a', 'openai/b'] });
  });

  it('reads the hub’s own', async () => {
    const [user, followers, likes] = await python.call(
      ask('get_user_overview', { username: 'client' }),
      ask('list_user_followers', { username: 'client' }),
      ask('list_liked_repos', {}),
    );
    expect(user!.value).toMatchObject({ username: 'client', num_models: 0, orgs: [] });
    expect([followers!.value, likes!.value]).toMatchObject([[], { user: 'client', total: 0 }]);
  });

  it('is told who is nobody', async () => {
    const outcomes = await python.call(
      ask('get_user_overview', { username: 'lab' }),
      ask('get_user_overview', { username: 'nobody' }),
      ask('get_organization_overview', { organization: 'client' }),
      ask('list_organization_members', { organization: 'julien-c' }),
    );
    for (const { error, message } of outcomes) {
      expect(error).toContain('HfHubHTTPError');
      expect(message).toMatch(/404.*does not exist/s);
    }
  });

  it('hf auth whoami knows the account here', async () => {
    const { code, stdout, stderr } = await python.command('auth', 'whoami');
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).toContain('client');
  });
});

it('@huggingface/hub knows the account here', async () => {
  expect(await whoAmI({ hubUrl: hub.url, accessToken: token })).toMatchObject({ type: 'user', name: 'client' });
});

it('a picture that the source only draws is shown as one', async () => {
  const answer = await fetch(`${hub.url}/api/users/julien-c/avatar`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
});

it('no source has seen the caller’s token', () => {
  expect(far.requests.length).toBeGreaterThan(5);
  expect(far.requests.map(requestText).filter((text) => text.includes(token))).toEqual([]);
  expect(far.requests.every(({ headers }) => headers.authorization === `Bearer ${SOURCE_TOKEN}`)).toBe(true);
});
