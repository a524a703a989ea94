import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listResponder } from '../support/fake-huggingface-lists.js';
import { profilesResponder } from '../support/fake-profiles.js';
import { hang, json } from '../support/fake-replies.js';
import { requestText, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, useHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { sendRequest } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

const openHub = useHubWithSources();

const huggingFace: Responder = (response, request) => {
  const [, type] = /^\/api\/(models|datasets|spaces)\?/.exec(request.url) ?? [];
  const listed = { models: [{ id: 'far/bert-large' }, { id: 'far/bert' }], datasets: [{ id: 'far/bert-rows' }] };
  return type === undefined
    ? profilesResponder({ users: { bertie: {} }, organizations: { bert: { members: [] } } })(response, request)
    : listResponder(() => listed[type as 'models'] ?? [])(response, request);
};

interface Results {
  readonly models: readonly { readonly id: string; readonly _source: string }[];
  readonly datasets: readonly { readonly id: string }[];
  readonly users: readonly { readonly user: string; readonly _source: string }[];
  readonly orgs: readonly { readonly name: string; readonly _source: string }[];
  readonly _truncated?: readonly string[];
}

describe('GET /api/quicksearch', () => {
  let fixture: HubWithSources;
  let alice: TestUser;
  let otherUser: TestUser;
  beforeAll(async () => {
    fixture = await startHubWithSources([huggingFace], { facts: [{ token: 'hf_TheTokenOfTheSource' }] });
    alice = await createTestUser(fixture.hub, 'alice');
    otherUser = await createTestUser(fixture.hub, 'roberta');
    await createTestOrganization(fixture.hub, 'bert-lab', { alice: 'admin' });
    for (const [name, isPrivate] of [
      ['my-bert', false],
      ['bert', false],
      ['bert-secret', true],
    ] as const)
      await create({ type: 'model', name, private: isPrivate });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.sources[0]!.forget());

  const create = (body: object) =>
    fixture.sendRequest('/api/repos/create', { method: 'POST', headers: alice.headers, json: body });

  const search = async (query: string, user?: TestUser): Promise<Results> => {
    const response = await fixture.sendRequest(`/api/quicksearch?${query}`, { headers: user?.headers ?? {} });
    expect(response.status).toBe(200);
    return response.json() as Results;
  };

  it('finds repositories and accounts, local ones and exact names first', async () => {
    const results = await search('q=bert');
    expect(results.models.map(({ id, _source }) => [id, _source])).toEqual([
      ['alice/bert', 'local'],
      ['alice/my-bert', 'local'],
      ['far/bert', 'A'],
      ['far/bert-large', 'A'],
    ]);
    expect(results.datasets.map(({ id }) => id)).toEqual(['far/bert-rows']);
    expect(results.users.map(({ user }) => user)).toEqual(['roberta']);
    expect(results.orgs.map(({ name, _source }) => [name, _source])).toEqual([
      ['bert-lab', 'local'],
      ['bert', 'A'],
    ]);
  });

  it('finds private repositories only for users who can read them', async () => {
    const idsFor = async (user?: TestUser) =>
      (await search('q=bert-secret&fallback=false', user)).models.map(({ id }) => id);
    expect(await idsFor(alice)).toEqual(['alice/bert-secret']);
    expect([await idsFor(otherUser), await idsFor()]).toEqual([[], []]);
  });

  it('sends nothing to sources with fallback=false, and no credentials of the user otherwise', async () => {
    await search('q=bert&fallback=false', alice);
    expect(fixture.sources[0]!.requests).toEqual([]);
    await search('q=bert', alice);
    expect(fixture.sources[0]!.requests.map(requestText).join('')).not.toContain(alice.token);
  });

  it('returns only the wanted types, and reports that there are more results', async () => {
    const results = await search('q=bert&type=model&type=user&limit=2');
    expect([results.models.length, results.datasets, results.orgs]).toEqual([2, [], []]);
    expect(results._truncated).toEqual(['models']);
    expect((await search('q=bert&type=paper,collection')).models).toEqual([]);
  });

  it.each([
    ['', 'q'],
    ['q=%20', 'q'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=%00', 'q'],
    ['q=hf_abcdefghijklmnopqrstuvwxyzabcdefgh', 'q'],
    ['q=a&q=b', 'q'],
    ['q=a&type=file', 'type'],
    ['q=a&limit=0', 'limit'],
    ['q=a&sort=likes', 'sort'],
  ])('refuses ?%s and names the parameter', async (query, field) => {
    const response = await fixture.sendRequest(`/api/quicksearch?${query}`);
    expect([response.status, (response.json() as { error: string }).error]).toEqual([
      400,
      expect.stringContaining(`"${field}"`),
    ]);
  });
});

describe('GET /api/quicksearch while a source does not work', () => {
  it.each<[string, Responder]>([
    ['fails', json(500, {})],
    ['does not reply', hang()],
  ])('returns local results if a source %s, and reports it', async (_, reply) => {
    const fixture = await openHub([reply], { env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '0.4' } });
    const alice = await createTestUser(fixture.hub, 'alice');
    await fixture.sendRequest('/api/repos/create', {
      method: 'POST',
      headers: alice.headers,
      json: { type: 'model', name: 'bert' },
    });
    const response = await sendRequest(fixture.hub.url, '/api/quicksearch?q=bert');
    expect(response.status).toBe(200);
    expect((response.json() as Results).models.map(({ id }) => id)).toEqual(['alice/bert']);
    expect(response.headers['x-source-failures']).toMatch(/^A;/);
  });
});
