import { jest } from '@jest/globals';
import { CardParser } from '../../src/repos/card/card-parser.service.js';
import { LocalRepos } from '../support/local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { RepoStore } from '../../src/repos/store/repo.store.js';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { eventually } from '../support/eventually.js';
import { ggufFile, ggufStart, u64 } from '../support/gguf-file.js';
import { lengthOf, safetensorsFile } from '../support/safetensors-file.js';
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
        gateFields: null,
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

/** Commits files, and waits until they have been described; null deletes one. */
async function commitFiles(
  repository: LocalRepo,
  files: Readonly<Record<string, Buffer | string | null>>,
): Promise<void> {
  const operations = Object.entries(files).map(([path, content]) =>
    content === null
      ? ({ kind: 'deletedFile', path } as const)
      : ({ kind: 'file', path, content: Buffer.from(content) } as const),
  );
  await LocalRepos.of(hub.app).commit(repository, {
    branch: 'main',
    summary: 'f',
    author: { name: 'alice' },
    operations,
  });
  const database = hub.app.get<DataSource>(getDataSourceToken());
  const due = 'SELECT FROM model_descriptions WHERE repository_id = $1';
  await eventually(async () => (await database.query<unknown[]>(due, [repository.id])).length === 0);
}

describe('metadata in the files of a model', () => {
  const FIELDS = ['config', 'gguf', 'safetensors', 'transformersInfo', 'tags', 'library_name', 'pipeline_tag'];
  const EXPAND = `?${FIELDS.map((field) => `expand=${field}`).join('&')}`;
  const llama = ggufFile(
    {
      'general.architecture': 'llama',
      'llama.context_length': 4096,
      'tokenizer.chat_template': '{{ messages }}',
      'tokenizer.ggml.tokens': ['<s>', '</s>', 'a'],
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.eos_token_id': 1,
    },
    64,
  );
  const listed = async (query: string): Promise<string[]> =>
    ((await info(`models?author=alice&limit=100&${query}`)) as unknown as { id: string }[]).map(({ id }) => id);

  it('is in the info of a GGUF model without a card, and in lists', async () => {
    const repository = await create();
    const id = `alice/card-${cardCount}`;
    await commitFiles(repository, { 'model-Q4_K_M.gguf': llama, 'model-Q8_0.gguf': 'not a model' });
    expect(await info(`models/${id}${EXPAND}`)).toMatchObject({
      tags: ['gguf', 'conversational'],
      library_name: 'gguf',
      gguf: {
        total: 64,
        architecture: 'llama',
        context_length: 4096,
        chat_template: '{{ messages }}',
        bos_token: '<s>',
        eos_token: '</s>',
      },
    });
    expect(await listed('filter=gguf')).toEqual([id]);
    expect(await listed('library=gguf&filter=conversational')).toEqual([id]);
    const [entry] = (await info(`models?author=alice&filter=gguf&expand=gguf`)) as unknown as [Info];
    expect(entry).toMatchObject({ id, gguf: { total: 64 } });
    await commitFiles(repository, { 'model-Q4_K_M.gguf': null, 'model-Q8_0.gguf': null });
    expect(await listed('filter=gguf')).toEqual([]);
  });

  it('is combined with the card, which has precedence', async () => {
    const repository = await create();
    const id = `alice/card-${cardCount}`;
    await commitFiles(repository, {
      'README.md': CARD,
      'config.json': JSON.stringify({
        architectures: ['BertForMaskedLM'],
        model_type: 'bert',
        auto_map: { AutoModel: 'modeling.Bert' },
      }),
      'tokenizer_config.json': JSON.stringify({
        pad_token: '[PAD]',
        mask_token: { content: '[MASK]' },
        model_max_length: 512,
      }),
      'model.safetensors': safetensorsFile({ 'a.weight': ['F32', 4, 8], 'b.weight': ['BF16', 10] }),
    });
    const tags = ['timm', 'safetensors', 'bert', 'custom_code', 'fill-mask', 'small', 'en', 'license:mit'];
    const expected = {
      tags,
      library_name: 'timm',
      pipeline_tag: 'fill-mask',
      safetensors: { parameters: { F32: 32, BF16: 10 }, total: 42 },
      config: {
        architectures: ['BertForMaskedLM'],
        model_type: 'bert',
        tokenizer_config: { pad_token: '[PAD]', mask_token: '[MASK]' },
      },
    };
    expect(await info(`models/${id}`)).toMatchObject(expected);
    expect(await listed('filter=custom_code')).toEqual([id]);
    expect(await storedCard(repository)).toMatchObject({ tags });
    await commit(repository, '---\nlicense: apache-2.0\n---\n'); // does not remove the tags of the files
    expect(await listed('filter=custom_code,license:apache-2.0')).toEqual([id]);
    expect(await info(`models/${id}${EXPAND}`)).toMatchObject({
      library_name: 'transformers',
      pipeline_tag: 'fill-mask',
      transformersInfo: { auto_model: 'AutoModelForMaskedLM', pipeline_tag: 'fill-mask', processor: 'AutoTokenizer' },
    });
  });

  it('is read from all parts of split weights', async () => {
    const repository = await create();
    const parts = [1, 2].map((part) => `model-0000${part}-of-00002.safetensors`);
    await commitFiles(repository, {
      'config.json': JSON.stringify({ architectures: ['LlamaForCausalLM'], model_type: 'llama' }),
      'model.safetensors.index.json': JSON.stringify({ weight_map: { a: parts[0], b: parts[1] } }),
      [parts[0]!]: safetensorsFile({ a: ['F32', 3] }),
      [parts[1]!]: safetensorsFile({ b: ['F32', 4] }),
    });
    expect(await info(`models/alice/card-${cardCount}?expand=safetensors&expand=pipeline_tag`)).toMatchObject({
      safetensors: { parameters: { F32: 7 }, total: 7 },
      pipeline_tag: 'text-generation',
    });
  });

  it('is not read from headers that are damaged or made to exhaust the hub', async () => {
    const manyKeys = Buffer.concat([ggufStart(0, 10n ** 9n), Buffer.alloc(1000)]);
    const endlessArray = Buffer.concat([
      ggufStart(0, 1),
      u64(1),
      Buffer.from('a'),
      Buffer.from([9, 0, 0, 0, 9, 0, 0, 0]),
      u64(2n ** 60n),
    ]);
    const header = `{${Array.from({ length: 1000 }, (_, n) => `"${n}":${'['.repeat(100)}`).join(',')}`;
    for (const [name, content] of [
      ['a.gguf', manyKeys],
      ['a.gguf', endlessArray],
      ['a.gguf', Buffer.from('GGUF')],
      ['a.gguf', Buffer.alloc(0)],
      ['model.safetensors', Buffer.concat([lengthOf(5n * 1024n ** 3n), Buffer.alloc(100)])],
      ['model.safetensors', Buffer.concat([lengthOf(header.length), Buffer.from(header)])],
      ['model.safetensors', lengthOf(2n ** 63n)],
    ] as const) {
      const repository = await create();
      await commitFiles(repository, { [name]: content, 'config.json': '{"model_type": 3, "architectures": {"a": 1}}' });
      const found = await info(`models/alice/card-${cardCount}`);
      expect(found['tags']).toEqual([name.split('.')[1]]);
      expect(found).not.toHaveProperty('gguf');
      expect(found).not.toHaveProperty('safetensors');
    }
  });
});

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
