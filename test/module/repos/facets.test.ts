import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import type { RepoType } from '../../../src/domain/repo-id.js';
import { Facets } from '../../../src/lists/facets.service.js';
import { FacetCountsStore } from '../../../src/repos/store/facet-counts.store.js';
import type { MembershipStore } from '../../../src/users/membership.store.js';
import type { ReadableRepos } from '../../../src/users/readable-repos.js';
import { ANONYMOUS } from '../../../src/domain/caller.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

interface Row {
  readonly name: string;
  readonly type?: RepoType;
  readonly tags: readonly string[];
  readonly task?: string;
  readonly library?: string;
  readonly card?: object;
  readonly fileTags?: readonly string[];
  readonly parameters?: number;
  readonly private?: boolean;
}

const ROWS: readonly Row[] = [
  {
    name: 'a',
    tags: ['transformers', 'safetensors', 'en', 'fr', 'license:mit'],
    task: 'fill-mask',
    library: 'transformers',
    card: { language: ['en', 'fr'] },
    fileTags: ['safetensors', 'bert'],
    parameters: 7e9,
  },
  {
    name: 'b',
    tags: ['gguf', 'en', 'license:mit'],
    task: 'text-generation',
    library: 'gguf',
    card: { language: 'en' },
    fileTags: ['gguf'],
    parameters: 1e9,
  },
  { name: 'c', tags: ['transformers', 'license:apache-2.0', 'fr'], task: 'fill-mask', library: 'transformers' },
  { name: 'hidden', tags: ['license:secret'], library: 'hidden', private: true },
  {
    name: 'rows',
    type: 'dataset',
    tags: ['task_categories:translation', 'size_categories:1K<n<10K', 'format:csv', 'language:en', 'license:mit'],
    card: { task_categories: ['translation', 'translation'], size_categories: '1K<n<10K', language: [' en '] },
  },
  { name: 'more', type: 'dataset', tags: ['size_categories:n<1K', 'format:csv'], card: { size_categories: ['n<1K'] } },
  { name: 'page', type: 'space', tags: ['gradio', 'license:mit'], card: { sdk: 'gradio' } },
];
const INSERT = `
  INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private, tags, pipeline_tag, library_name, license, card_data, file_metadata)
    SELECT $1::text, 'ann', $2::text, $1::text || ':ann/' || $2::text, id, $3, $4::text[], $5, $6, $7, $8::jsonb, $9::jsonb FROM accounts WHERE name = 'ann'`;

describeOnEveryDatabase('facets of lists', (newDatabase) => {
  let store: LocalStore;
  let facets: Facets;
  let readable: ReadableRepos = { owners: [], repositories: [] };

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    const { database } = store;
    await database.query(
      `INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('user', 'ann', 'ann', 'Ann')`,
    );
    for (const row of ROWS)
      await database.query(INSERT, [
        row.type ?? 'model',
        row.name,
        row.private ?? false,
        row.tags,
        row.task ?? null,
        row.library ?? null,
        row.tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null,
        JSON.stringify(row.card ?? null),
        JSON.stringify({ tags: row.fileTags ?? [], parameters: row.parameters }),
      ]);
    facets = new Facets(new FacetCountsStore(database), {
      readableBy: () => Promise.resolve(readable),
    } as unknown as MembershipStore);
  });
  afterAll(() => store.close());

  const count = async (query: string, type: RepoType = 'model'): Promise<Record<string, string>> => {
    const result = await facets.count(type, [...new URLSearchParams(query)], ANONYMOUS);
    const shown = result.facets.map(({ name, values }) => [
      name,
      values.map(({ value, count: uses }) => `${value} ${uses}`).join('; '),
    ]);
    return { total: `${result.total}`, ...(Object.fromEntries(shown) as Record<string, string>) };
  };

  test('count the values of models that the caller may see', async () => {
    expect(await count('')).toEqual({
      total: '3',
      task: 'fill-mask 2; text-generation 1',
      library: 'transformers 2',
      format: 'gguf 1; safetensors 1',
      size: 'min:1B,max:6B 1; min:6B,max:12B 1',
      language: 'en 2; fr 1',
      license: 'license:mit 2; license:apache-2.0 1',
    });
  });

  test('apply the filters of other facets only', async () => {
    expect(await count('license=license:mit&library=safetensors')).toEqual({
      total: '1',
      task: 'fill-mask 1',
      library: 'transformers 1',
      format: 'gguf 1; safetensors 1',
      size: 'min:6B,max:12B 1',
      language: 'en 1; fr 1',
      license: 'license:mit 1',
    });
    expect(await count('num_parameters=min:1B,max:6B')).toMatchObject({
      total: '1',
      size: 'min:1B,max:6B 1; min:6B,max:12B 1',
      task: 'text-generation 1',
    });
    expect(await count('search=c&pipeline_tag=fill-mask')).toMatchObject({ total: '1', task: 'fill-mask 1' });
    expect(await count('inference=warm')).toMatchObject({ total: '0', task: '' });
    expect(await count('author=nobody')).toMatchObject({ total: '0', task: '' });
  });

  test('count the values of datasets and spaces', async () => {
    expect(await count('', 'dataset')).toEqual({
      total: '2',
      task: 'task_categories:translation 1',
      format: 'format:csv 2',
      size: 'size_categories:n<1K 1; size_categories:1K<n<10K 1',
      language: 'language:en 1',
      license: 'license:mit 1',
    });
    expect(await count('filter=gradio&license=license:mit', 'space')).toEqual({
      total: '1',
      sdk: 'gradio 1',
      license: 'license:mit 1',
    });
  });

  it('count private repositories for callers who may read them', async () => {
    const [{ id }] = await store.database.query<[{ id: number }]>(`SELECT id FROM accounts WHERE name = 'ann'`);
    readable = { owners: [id], repositories: [] };
    expect(await count('license=license:secret')).toMatchObject({ total: '1', library: 'hidden 1' });
    readable = { owners: [], repositories: [] };
    expect(await count('license=license:secret')).toMatchObject({ total: '0', library: '' });
  });

  test('have at most 50 values', async () => {
    await store.database.query(
      `UPDATE repositories SET tags = tags || ARRAY(SELECT 'format:' || n FROM generate_series(1, 60) n) WHERE name = 'rows'`,
    );
    const { facets: counted } = await facets.count('dataset', [], ANONYMOUS);
    const format = counted.find(({ name }) => name === 'format');
    expect([format?.values.length, format?.hasMore]).toEqual([50, true]);
  });

  it.each(['sort=best', 'unknown=1', 'num_parameters=max:1B,min:1M', 'num_parameters=min:x'])(
    'refuse %s',
    async (query) => {
      await expect(count(query)).rejects.toMatchObject({ code: 'BadRequest' });
    },
  );
});
