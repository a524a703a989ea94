import { LocalRepos } from '../support/local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { RepoStore } from '../../src/repos/store/repo.store.js';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ask, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person, type Person } from '../support/people.js';

const CARD =
  '---\nlicense: mit\nlanguage: en\npipeline_tag: fill-mask\nlibrary_name: timm\ntags: [small]\n---\n# Hello\n';
const TAGS = ['timm', 'fill-mask', 'small', 'en', 'license:mit'];

let hub: RunningHub;
let alice: Person;
let made = 0;

beforeAll(async () => {
  hub = await startHub();
  alice = await person(hub, 'alice');
});
afterAll(() => hub.close());

type Info = Record<string, unknown>;
const info = async (id: string, query = ''): Promise<Info> => (await ask(hub.url, `/api/${id}${query}`)).json() as Info;

async function create(more: object = {}): Promise<LocalRepo> {
  const json = { name: `card-${++made}`, ...more };
  const told = await ask(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json });
  const [namespace, name] = (told.json() as { name: string }).name.split('/') as [string, string];
  const type = (more as { type?: 'space' | 'dataset' }).type ?? 'model';
  return (await LocalRepos.of(hub.app).find({ type, namespace, name }, {}))!;
}

/** Commits a card; null deletes it. */
function commit(repository: LocalRepo, card: string | null, branch = 'main'): Promise<string> {
  const path = 'README.md';
  const operation = card === null ? { kind: 'deletedFile', path } : { kind: 'file', path, content: Buffer.from(card) };
  const words = { branch, summary: 'card', author: { name: 'alice' } };
  return LocalRepos.of(hub.app).commit(repository, { ...words, operations: [operation as never] });
}

/** What lists are made of. */
async function kept({ id }: LocalRepo): Promise<Info> {
  const columns = 'card_data, card_warning, tags, pipeline_tag, library_name, license';
  const database = hub.app.get<DataSource>(getDataSourceToken());
  return (await database.query<Info[]>(`SELECT ${columns} FROM repositories WHERE id = $1`, [id]))[0]!;
}

describe('a card', () => {
  it('is shown as its repository’s info, and kept for lists', async () => {
    const repository = await create();
    expect(await info(`models/alice/card-${made}`)).not.toHaveProperty('cardData');
    await commit(repository, CARD);
    const shown = await info(`models/alice/card-${made}`);
    expect(shown).toMatchObject({
      ...{ pipeline_tag: 'fill-mask', library_name: 'timm', tags: TAGS },
      cardData: { license: 'mit', language: 'en', tags: ['small'] },
    });
    expect(shown).not.toHaveProperty('_card_warning');
    expect(await kept(repository)).toMatchObject({
      ...{ card_data: shown['cardData'], card_warning: null, tags: TAGS },
      ...{ pipeline_tag: 'fill-mask', library_name: 'timm', license: 'mit' },
    });
  });

  it('is that of the asked revision in infos, and of the default branch in lists', async () => {
    const repository = await create();
    const first = await commit(repository, CARD);
    await LocalRepos.of(hub.app).createBranch(repository, { name: 'other' });
    await commit(repository, '---\nlicense: other\n---\n', 'other');
    expect((await kept(repository))['license']).toBe('mit');
    expect((await info(`models/alice/card-${made}/revision/other`))['tags']).toEqual(['license:other']);
    await commit(repository, null);
    expect(await kept(repository)).toEqual({
      ...{ card_data: null, card_warning: null, tags: [], pipeline_tag: null, library_name: null, license: null },
    });
    expect((await info(`models/alice/card-${made}`))['tags']).toEqual([]);
    expect((await info(`models/alice/card-${made}/revision/${first}`))['tags']).toEqual(TAGS);
  });

  it.each([
    ['broken', '---\na: "\n---\n', /^Line \d+: /],
    ['too long to be read', `---\na: 1\n---\n${'x'.repeat(1024 * 1024)}`, /longer than 1 MiB/],
  ])('that is %s fails no commit, and says so', async (_case, card, warning) => {
    const repository = await create();
    await commit(repository, CARD);
    await commit(repository, card);
    const expected = expect.stringMatching(warning) as string;
    const shown = await info(`models/alice/card-${made}`);
    expect(shown).toMatchObject({ _card_warning: expected, tags: [] });
    expect(shown).not.toHaveProperty('cardData');
    expect(await info(`models/alice/card-${made}?expand=cardData`)).toHaveProperty('_card_warning', expected);
    expect(await kept(repository)).toMatchObject({ card_warning: expected, card_data: null, tags: [] });
  });

  it('tells a space’s runtime; without one it is as the space was created', async () => {
    const repository = await create({ type: 'space', sdk: 'docker' });
    expect(await info(`spaces/alice/card-${made}`)).toMatchObject({ sdk: 'docker', tags: ['docker'] });
    expect((await kept(repository))['tags']).toEqual(['docker']);
    await commit(repository, '---\nsdk: gradio\n---\n');
    expect(await info(`spaces/alice/card-${made}`)).toMatchObject({ sdk: 'gradio', tags: ['gradio'] });
    expect((await kept(repository))['tags']).toEqual(['gradio']);
  });

  it('is among the fields that can be asked one by one', async () => {
    const repository = await create();
    await commit(repository, CARD);
    const fields = 'expand=cardData&expand[]=tags&expand=usedStorage,downloadsAllTime,xetEnabled,gated';
    const { _id, ...shown } = await info(`models/alice/card-${made}`, `?${fields}`);
    expect(shown).toEqual({
      ...{ id: `alice/card-${made}`, tags: TAGS, cardData: expect.objectContaining({ license: 'mit' }) as unknown },
      ...{ usedStorage: expect.any(Number) as number, downloadsAllTime: 0, xetEnabled: false, gated: false },
    });
    expect(shown['usedStorage']).toBeGreaterThan(CARD.length);
  });

  it('that stays as it is is not read again', async () => {
    const repository = await create();
    await commit(repository, CARD);
    await hub.app
      .get(RepoStore, { strict: false })
      .updateCard(hub.app.get<DataSource>(getDataSourceToken()).manager, repository.id, {
        ...{ cardData: null, cardWarning: null, tags: ['marked'] },
        pipelineTag: null,
        libraryName: null,
        license: null,
      });
    const operations = [{ kind: 'file' as const, path: 'a.txt', content: Buffer.from('a') }];
    const words = { branch: 'main', summary: 'more', author: { name: 'alice' } };
    await LocalRepos.of(hub.app).commit(repository, { ...words, operations });
    expect((await kept(repository))['tags']).toEqual(['marked']);
  });
});

describe('validate-yaml', () => {
  const check = (json: object): Promise<Told> => ask(hub.url, '/api/validate-yaml', { method: 'POST', json });

  it.each([
    ['a card that is fine', CARD, 'model', []],
    ['one without metadata', '# Hello', 'model', [/no YAML metadata/]],
    ['one without a license', '---\ntags: []\n---\n', 'dataset', [/no "license"/]],
    ['a kind that nobody knows', CARD, 'kernel', []],
  ])('takes %s', async (_case, content, repoType, warnings) => {
    const told = await check({ content, repoType, newer: 'field' });
    expect({ status: told.status, body: told.json() }).toEqual({
      status: 200,
      body: { errors: [], warnings: warnings.map((text) => ({ message: expect.stringMatching(text) as string })) },
    });
  });

  it('says what is wrong and where', async () => {
    const told = await check({ content: '---\nlicense: mit\ntags:\n- a\n b: c\n---\n', repoType: 'model' });
    const message = expect.stringMatching(/\(line 4\)/) as string;
    expect({ status: told.status, body: told.json() }).toEqual({
      status: 400,
      body: {
        error: expect.any(String) as string,
        errors: [{ message, line: 4 }],
        warnings: [],
      },
    });
  });

  it('wants a text', async () => {
    expect((await check({ repoType: 'model' })).status).toBe(400);
  });
});
