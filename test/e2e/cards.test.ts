import { jest } from '@jest/globals';
import { CardParser } from '../../src/repos/card/card-parser.service.js';
import { LocalRepos } from '../support/local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { RepoStore } from '../../src/repos/store/repo.store.js';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const CARD =
  '---\nlicense: mit\nlanguage: en\npipeline_tag: fill-mask\nlibrary_name: timm\ntags: [small]\n---\n# Hello\n';
const TAGS = ['timm', 'fill-mask', 'small', 'en', 'license:mit'];

let hub: RunningHub;
let alice: TestUser;
let cardCount = 0;

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
});
afterAll(() => hub.close());

type Info = Record<string, unknown>;
const info = async (id: string, query = ''): Promise<Info> =>
  (await sendRequest(hub.url, `/api/${id}${query}`)).json() as Info;

async function create(more: object = {}): Promise<LocalRepo> {
  const json = { name: `card-${++cardCount}`, ...more };
  const response = await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json });
  const [namespace, name] = (response.json() as { name: string }).name.split('/') as [string, string];
  const type = (more as { type?: 'space' | 'dataset' }).type ?? 'model';
  return (await LocalRepos.of(hub.app).find({ type, namespace, name }, {}))!;
}

/** Commits a card; null deletes it. */
function commit(repository: LocalRepo, card: string | null, branch = 'main'): Promise<string> {
  const path = 'README.md';
  const operation = card === null ? { kind: 'deletedFile', path } : { kind: 'file', path, content: Buffer.from(card) };
  const details = { branch, summary: 'card', author: { name: 'alice' } };
  return LocalRepos.of(hub.app).commit(repository, { ...details, operations: [operation as never] });
}

/** The stored columns that lists are built from. */
async function storedCard({ id }: LocalRepo): Promise<Info> {
  const columns = 'card_data, card_warning, tags, pipeline_tag, library_name, license';
  const database = hub.app.get<DataSource>(getDataSourceToken());
  return (await database.query<Info[]>(`SELECT ${columns} FROM repositories WHERE id = $1`, [id]))[0]!;
}

describe('a card', () => {
  it('is part of the repository’s info and stored for lists', async () => {
    const repository = await create();
    expect(await info(`models/alice/card-${cardCount}`)).not.toHaveProperty('cardData');
    await commit(repository, CARD);
    const repoInfo = await info(`models/alice/card-${cardCount}`);
    expect(repoInfo).toMatchObject({
      pipeline_tag: 'fill-mask',
      library_name: 'timm',
      tags: TAGS,
      cardData: { license: 'mit', language: 'en', tags: ['small'] },
    });
    expect(repoInfo).not.toHaveProperty('_card_warning');
    expect(await storedCard(repository)).toMatchObject({
      card_data: repoInfo['cardData'],
      card_warning: null,
      tags: TAGS,
      pipeline_tag: 'fill-mask',
      library_name: 'timm',
      license: 'mit',
    });
  });

  it('comes from the requested revision in infos and from the default branch in lists', async () => {
    const repository = await create();
    const first = await commit(repository, CARD);
    await LocalRepos.of(hub.app).createBranch(repository, { name: 'other' });
    await commit(repository, '---\nlicense: other\n---\n', 'other');
    expect((await storedCard(repository))['license']).toBe('mit');
    expect((await info(`models/alice/card-${cardCount}/revision/other`))['tags']).toEqual(['license:other']);
    await commit(repository, null);
    expect(await storedCard(repository)).toEqual({
      card_data: null,
      card_warning: null,
      tags: [],
      pipeline_tag: null,
      library_name: null,
      license: null,
    });
    expect((await info(`models/alice/card-${cardCount}`))['tags']).toEqual([]);
    expect((await info(`models/alice/card-${cardCount}/revision/${first}`))['tags']).toEqual(TAGS);
  });

  it.each([
    ['broken', '---\na: "\n---\n', /^Line \d+: /],
    ['too long to be read', `---\na: 1\n---\n${'x'.repeat(1024 * 1024)}`, /longer than 1 MiB/],
  ])('can be committed if it is %s, and results in a warning', async (_case, card, warning) => {
    const repository = await create();
    await commit(repository, CARD);
    await commit(repository, card);
    const expected = expect.stringMatching(warning) as string;
    const repoInfo = await info(`models/alice/card-${cardCount}`);
    expect(repoInfo).toMatchObject({ _card_warning: expected, tags: [] });
    expect(repoInfo).not.toHaveProperty('cardData');
    expect(await info(`models/alice/card-${cardCount}?expand=cardData`)).toHaveProperty('_card_warning', expected);
    expect(await storedCard(repository)).toMatchObject({ card_warning: expected, card_data: null, tags: [] });
  });

  it('sets a space’s SDK, which otherwise stays as created', async () => {
    const repository = await create({ type: 'space', sdk: 'docker' });
    expect(await info(`spaces/alice/card-${cardCount}`)).toMatchObject({ sdk: 'docker', tags: ['docker'] });
    expect((await storedCard(repository))['tags']).toEqual(['docker']);
    await commit(repository, '---\nsdk: gradio\n---\n');
    expect(await info(`spaces/alice/card-${cardCount}`)).toMatchObject({ sdk: 'gradio', tags: ['gradio'] });
    expect((await storedCard(repository))['tags']).toEqual(['gradio']);
  });

  it('can be selected with expand', async () => {
    const repository = await create();
    await commit(repository, CARD);
    const expand = 'expand=cardData&expand[]=tags&expand=usedStorage,downloadsAllTime,xetEnabled,gated';
    const { _id, ...fields } = await info(`models/alice/card-${cardCount}`, `?${expand}`);
    expect(fields).toEqual({
      id: `alice/card-${cardCount}`,
      tags: TAGS,
      cardData: expect.objectContaining({ license: 'mit' }) as unknown,
      usedStorage: expect.any(Number) as number,
      downloadsAllTime: 0,
      xetEnabled: true,
      gated: false,
    });
    expect(fields['usedStorage']).toBeGreaterThan(CARD.length);
  });

  it('is not parsed again by commits that do not change it', async () => {
    const repository = await create();
    await commit(repository, CARD);
    await hub.app
      .get(RepoStore, { strict: false })
      .updateCard(hub.app.get<DataSource>(getDataSourceToken()).manager, repository.id, {
        cardData: null,
        cardWarning: null,
        tags: ['marked'],
        pipelineTag: null,
        libraryName: null,
        license: null,
      });
    const operations = [{ kind: 'file' as const, path: 'a.txt', content: Buffer.from('a') }];
    const details = { branch: 'main', summary: 'more', author: { name: 'alice' } };
    await LocalRepos.of(hub.app).commit(repository, { ...details, operations });
    expect((await storedCard(repository))['tags']).toEqual(['marked']);
  });
});

const RESULT = 'dataset: { type: d, name: d }, metrics: []';

describe('a reply without metadata of cards', () => {
  it.each(['models?author=alice&full=true', 'models/alice/card-1?expand=siblings'])(
    'does not parse any card: %s',
    async (path) => {
      const repository = await create();
      await commit(repository, CARD);
      const parse = jest.spyOn(hub.app.get(CardParser, { strict: false }), 'metadata');
      expect(JSON.stringify(await info(path))).toContain('"siblings":[{"rfilename":');
      expect(parse).not.toHaveBeenCalled();
      await info(`models/alice/card-${cardCount}`);
      expect(parse).toHaveBeenCalledTimes(1);
      parse.mockRestore();
    },
  );
});

describe('validate-yaml', () => {
  const check = (json: object): Promise<HttpResponse> =>
    sendRequest(hub.url, '/api/validate-yaml', { method: 'POST', json });

  it.each([
    ['a card that is fine', CARD, 'model', []],
    ['a card without metadata', '# Hello', 'model', [/no YAML metadata/]],
    ['a card without a license', '---\ntags: []\n---\n', 'dataset', [/no "license"/]],
    ['an unknown repository type', CARD, 'kernel', []],
  ])('accepts %s', async (_case, content, repoType, warnings) => {
    const response = await check({ content, repoType, newer: 'field' });
    expect({ status: response.status, body: response.json() }).toEqual({
      status: 200,
      body: { errors: [], warnings: warnings.map((text) => ({ message: expect.stringMatching(text) as string })) },
    });
  });

  it.each([
    ['text', 'foo', /"model-index" must be a list/],
    ['a mapping', '{ name: a }', /"model-index" must be a list/],
    ['a list of texts', '[foo]', /"model-index\[0\]" must have a "name" and a list "results"/],
    ['an entry without results', '[{ name: a }]', /"model-index\[0\]" must have/],
    ['an entry whose name is a list', '[{ name: [a], results: [] }]', /"model-index\[0\]" must have/],
    [
      'results that are texts',
      '[{ name: a, results: [] }, { name: b, results: [x] }]',
      /"model-index\[1\]\.results\[0\]"/,
    ],
    [
      'without a dataset',
      '[{ name: a, results: [{ task: { type: t }, metrics: [] }] }]',
      /results\[0\]" must have a "task"/,
    ],
    [
      'without a type of task',
      `[{ name: a, results: [{ task: {}, ${RESULT} }] }]`,
      /results\[0\]\.task" must have a "type"/,
    ],
    [
      'without a name of the dataset',
      '[{ name: a, results: [{ task: { type: t }, dataset: { type: d }, metrics: [] }] }]',
      /results\[0\]\.dataset" must have a "type" and a "name"/,
    ],
    [
      'a metric without a value',
      '[{ name: a, results: [{ task: { type: t }, dataset: { type: d, name: d }, metrics: [{ type: m }] }] }]',
      /results\[0\]\.metrics\[0\]" must have a "type" and a "value"/,
    ],
  ])('refuses a model-index that is %s', async (_case, yaml, problem) => {
    const response = await check({ content: `---\nlicense: mit\nmodel-index: ${yaml}\n---\n`, repoType: 'model' });
    expect({ status: response.status, body: response.json() }).toEqual({
      status: 400,
      body: {
        error: expect.stringMatching(problem) as string,
        errors: [{ message: expect.stringMatching(problem) as string }],
        warnings: [],
      },
    });
  });

  it('accepts evaluation results, and no value', async () => {
    const results = '[{ task: { type: t }, dataset: { name: d, type: d }, metrics: [{ type: m, value: 1 }] }]';
    for (const yaml of [`[{ name: a, results: ${results} }]`, '[]', '']) {
      const content = `---\nlicense: mit\nmodel-index: ${yaml}\n---\n`;
      expect((await check({ content, repoType: 'model' })).json()).toEqual({ errors: [], warnings: [] });
    }
  });

  it('reports what is wrong and on which line', async () => {
    const response = await check({ content: '---\nlicense: mit\ntags:\n- a\n b: c\n---\n', repoType: 'model' });
    const message = expect.stringMatching(/\(line 5\)/) as string;
    expect({ status: response.status, body: response.json() }).toEqual({
      status: 400,
      body: {
        error: expect.any(String) as string,
        errors: [{ message, line: 5 }],
        warnings: [],
      },
    });
  });

  it('requires content', async () => {
    expect((await check({ repoType: 'model' })).status).toBe(400);
  });
});
