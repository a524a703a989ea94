import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CardTexts } from '../../src/repos/store/card-texts.service.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

interface Found {
  readonly results: readonly {
    readonly type: string;
    readonly id: string;
    readonly snippet: readonly { readonly text: string; readonly isMatch: boolean }[];
  }[];
  readonly hasMore: boolean;
}
const PATH = '/api/search/full-text';

describeOnEveryDatabase('the search of cards', (newDatabase) => {
  let hub: RunningHub;
  let alice: TestUser;
  let bob: TestUser;

  const create = async (name: string, card: string | undefined, more: object = {}, type = 'model'): Promise<void> => {
    const { headers } = alice;
    const made = await sendRequest(hub.url, '/api/repos/create', {
      method: 'POST',
      headers,
      json: { name, type, ...more },
    });
    expect(made.status).toBe(200);
    if (card !== undefined) await commit(name, card, type);
  };
  const commit = async (name: string, card: string, type = 'model'): Promise<void> => {
    const body = commitBody('card', fileLine('README.md', card));
    const path = `/api/${type}s/alice/${name}/commit/main`;
    expect((await sendRequest(hub.url, path, { method: 'POST', headers: alice.headers, body })).status).toBe(200);
  };
  const send = (query: string, user?: TestUser): Promise<HttpResponse> =>
    sendRequest(hub.url, `${PATH}?${query}`, { headers: user?.headers ?? {} });
  const search = async (q: string, user?: TestUser, more = ''): Promise<Found> => {
    const response = await send(`q=${encodeURIComponent(q)}${more}`, user);
    expect([response.status, response.body.toString().slice(0, 200)]).toEqual([200, expect.any(String)]);
    return response.json() as Found;
  };
  const ids = async (q: string, user?: TestUser, more = ''): Promise<string[]> =>
    (await search(q, user, more)).results.map(({ id }) => id).toSorted();

  beforeAll(async () => {
    const { databaseUrl } = await newDatabase();
    const env = databaseUrl && { KOHAKU_HUB_DATABASE_URL: databaseUrl, KOHAKU_HUB_SECRET_KEY: 'the-key-of-this-test' };
    hub = await startHub(env ? { env } : {});
    alice = await createTestUser(hub, 'alice');
    bob = await createTestUser(hub, 'bob');
    await create(
      'speech',
      '---\nlicense: mit\ntags: [frontmatterword]\n---\n# Speech\n\nTrained on **whale** <b onclick=x>songs</b>.',
    );
    await create('secret', 'A private note about whales', { private: true });
    await create('gated', 'A gated model of whales', { gated: 'manual' });
    await create('rows', 'Recordings of a whale', {}, 'dataset');
  });
  afterAll(() => hub.close());

  it('finds word forms, with snippets that are text', async () => {
    const { results } = await search('train whales');
    expect(results).toMatchObject([
      {
        type: 'model',
        id: 'alice/speech',
        snippet: [
          { text: 'Speech ', isMatch: false },
          { text: 'Trained', isMatch: true },
          { text: ' on ', isMatch: false },
          { text: 'whale', isMatch: true },
          { text: ' songs', isMatch: false },
        ],
      },
    ]);
    expect(await ids('frontmatterword')).toEqual([]);
  });

  it('finds private cards only for callers who may read them, and cards of gated repositories as they are public', async () => {
    const visible = ['alice/gated', 'alice/rows', 'alice/speech'];
    expect(await ids('whale')).toEqual(visible);
    expect(await ids('whale', bob)).toEqual(visible);
    expect(await ids('whale', alice)).toEqual(['alice/gated', 'alice/rows', 'alice/secret', 'alice/speech']);
    expect(await ids('whale', bob, '&type=dataset')).toEqual(['alice/rows']);
    expect((await search('whale', bob, '&limit=2')).hasMore).toBe(true);
  });

  it('follows commits and deletions', async () => {
    await create('changing', 'About penguins');
    expect(await ids('penguin')).toEqual(['alice/changing']);
    await commit('changing', 'About pelicans');
    expect([await ids('penguin'), await ids('pelican')]).toEqual([[], ['alice/changing']]);
    const json = { name: 'changing', type: 'model' };
    await sendRequest(hub.url, '/api/repos/delete', { method: 'DELETE', headers: alice.headers, json });
    expect(await ids('pelican')).toEqual([]);
  });

  it('adds cards that were committed before the index existed', async () => {
    await hub.app.get<DataSource>(getDataSourceToken(), { strict: false }).query('DELETE FROM card_texts');
    expect(await ids('whale')).toEqual([]);
    await hub.app.get(CardTexts, { strict: false }).fill();
    expect(await ids('whale')).toEqual(['alice/gated', 'alice/rows', 'alice/speech']);
  });

  it('accepts any card and any search text', async () => {
    await create(
      'hostile',
      `\u0002zebra\u0003 ${'<'.repeat(30_000)}${'['.repeat(30_000)} ${Array.from({ length: 60_000 }, (_, n) => n.toString(36)).join(' ')}`,
    );
    const { results } = await search('zebra');
    expect(results[0]!.snippet.filter(({ isMatch }) => isMatch)).toEqual([{ text: 'zebra', isMatch: true }]);
    for (const q of [`'`, '"', '!!! & | ( :*', '-whale', 'the', '\\', '%', '<->', 'or or', 'a'.repeat(200)])
      expect([q, (await send(`q=${encodeURIComponent(q)}`)).status]).toEqual([q, 200]);
    for (const q of ['', 'a%00b', 'a'.repeat(201), 'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH'])
      expect([q, (await send(`q=${q}`)).status]).toEqual([q, 400]);
  });
});
