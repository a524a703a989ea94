import { whoAmI } from '@huggingface/hub';
import { describeCoverage } from './coverage/coverage-suite.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { requestText } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { NEWEST_PYTHON_ENVS, PythonClient, type PythonOutcome } from '../support/python-client.js';

// Clients read local profiles, and profiles of a fake huggingface.co for which the hub has a token.
const SOURCE_TOKEN = 'hf_TheSourcesOwnToken';

let hub: HubProcess;
let huggingFace: FakeHuggingFace;
let token: string;
beforeAll(async () => {
  huggingFace = await FakeHuggingFace.start({
    accounts: [{ name: 'mirror', token: SOURCE_TOKEN }],
    people: {
      users: {
        'julien-c': {
          fullname: 'Julien Chaumond',
          isPro: true,
          details: 'Hello',
          numModels: 50,
          avatarUrl: '/avatars/j.svg',
          followers: ['ann', 'ben', 'cem'],
          likes: ['openai/a', 'openai/b'],
          orgs: [{ id: '5e67bd5b1009063689407478', name: 'lab', fullname: 'The Lab', avatarUrl: '/avatars/lab.svg' }],
        },
      },
      organizations: { lab: { fullname: 'The Lab', isVerified: true, numModels: 7, members: ['x', 'y', 'z'] } },
      pageSize: 2,
    },
  });
  hub = await HubProcess.start({
    sources: [{ name: 'HuggingFace', url: huggingFace.url, source_type: 'huggingface', token: SOURCE_TOKEN }],
  });
  token = await registerUser(hub.url, 'client');
});
afterAll(async () => {
  await hub?.close();
  await huggingFace?.close();
});

const apiCall = (call: string, args: object) => ({ on: 'api' as const, call, args: { ...args } });
const named = ({ value, message }: PythonOutcome, field = 'username'): unknown =>
  (value as Record<string, unknown>[] | undefined)?.map((profile) => profile[field]) ?? message;

describe.each(NEWEST_PYTHON_ENVS)('%s', (env) => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, { endpoint: hub.url, token });
  });
  afterAll(() => python?.close());

  it('reads external users and organizations', async () => {
    const [user, organization] = await python.call(
      apiCall('get_user_overview', { username: 'Julien-C' }),
      apiCall('get_organization_overview', { organization: 'lab' }),
    );
    expect(user!.value).toMatchObject({
      class: 'User',
      username: 'julien-c',
      fullname: 'Julien Chaumond',
      user_type: 'user',
      is_pro: true,
      details: 'Hello',
      num_models: 50,
      num_followers: 3,
      avatar_url: `${hub.url}/api/users/julien-c/avatar`,
      orgs: [{ name: 'lab', fullname: 'The Lab', avatar_url: `${hub.url}/api/organizations/lab/avatar` }],
    });
    expect(organization!.value).toMatchObject({
      class: 'Organization',
      name: 'lab',
      fullname: 'The Lab',
      is_verified: true,
      num_users: 3,
      num_models: 7,
    });
  });

  it('reads all pages of members, followers and likes', async () => {
    const outcomes = await python.call(
      apiCall('list_organization_members', { organization: 'lab' }),
      apiCall('list_user_followers', { username: 'julien-c' }),
      apiCall('list_user_following', { username: 'julien-c' }),
    );
    expect(outcomes.map((outcome) => named(outcome))).toEqual([['x', 'y', 'z'], ['ann', 'ben', 'cem'], []]);
    const [likes] = await python.call(apiCall('list_liked_repos', { user: 'julien-c' }));
    expect(likes!.value).toMatchObject({ user: 'julien-c', total: 2, models: ['openai/a', 'openai/b'] });
  });

  it('reads local profiles', async () => {
    const [user, followers, likes] = await python.call(
      apiCall('get_user_overview', { username: 'client' }),
      apiCall('list_user_followers', { username: 'client' }),
      apiCall('list_liked_repos', {}),
    );
    expect(user!.value).toMatchObject({ username: 'client', num_models: 0, orgs: [] });
    expect([followers!.value, likes!.value]).toMatchObject([[], { user: 'client', total: 0 }]);
  });

  it('reports missing accounts and wrong account types', async () => {
    const outcomes = await python.call(
      apiCall('get_user_overview', { username: 'lab' }),
      apiCall('get_user_overview', { username: 'nobody' }),
      apiCall('get_organization_overview', { organization: 'client' }),
      apiCall('list_organization_members', { organization: 'julien-c' }),
    );
    for (const { error, message } of outcomes) {
      expect(error).toContain('HfHubHTTPError');
      expect(message).toMatch(/404.*does not exist/s);
    }
  });

  it('hf auth whoami prints the local account', async () => {
    const { code, stdout, stderr } = await python.command('auth', 'whoami');
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).toContain('client');
  });
});

it('@huggingface/hub returns the local account', async () => {
  expect(await whoAmI({ hubUrl: hub.url, accessToken: token })).toMatchObject({ type: 'user', name: 'client' });
});

it('an SVG avatar of the source is converted to WebP', async () => {
  const answer = await fetch(`${hub.url}/api/users/julien-c/avatar`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
});

it('sends the caller’s token to no source', () => {
  expect(huggingFace.requests.length).toBeGreaterThan(5);
  expect(huggingFace.requests.map(requestText).filter((text) => text.includes(token))).toEqual([]);
  expect(huggingFace.requests.every(({ headers }) => headers.authorization === `Bearer ${SOURCE_TOKEN}`)).toBe(true);
});

// Here, since it needs only a hub and an account. Last, since it creates an organization and repositories of the account.
describe('the table of requests', () => describeCoverage(() => ({ url: hub.url, token })));
