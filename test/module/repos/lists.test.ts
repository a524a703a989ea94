import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { ListQuestion } from '../../../src/domain/list.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import type { LocalPlace } from '../../../src/domain/list-walk.js';
import { listSql, RepoListStore, type LocalListPage } from '../../../src/repos/store/repo-list.store.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const REPOSITORIES = 10_000;

/** Public models of one account and a few private ones of another; every date and number stands several times. */
const FILL = `
  INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private, created_at, updated_at, downloads, tags)
    SELECT 'model', a.name, 'model-' || n, 'model:' || a.name || '/model-' || n, a.id, a.name = 'bob',
      '2024-01-01'::timestamptz + (n % 997) * interval '1.000001 hour', '2024-01-01'::timestamptz + (n % 7) * interval '1 us',
      n % 50, CASE WHEN n % 500 = 0 THEN ARRAY['rare', 'all'] ELSE ARRAY['all'] END
    FROM generate_series(1, ${REPOSITORIES}) n
      JOIN accounts a ON a.name = CASE WHEN n % 100 = 0 THEN 'bob' ELSE 'ann' END`;

const question = (query: string): ListQuestion => parseListParameters('model', [...new URLSearchParams(query)]);

describeOnEveryDatabase('lists of ten thousand repositories', (newDatabase) => {
  let store: LocalStore;
  let database: DataSource;
  let lists: RepoListStore;
  let bob: number;
  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    ({ database } = store);
    for (const name of ['ann', 'bob'])
      await database.query(`INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('user', $1, $1, $1)`, [
        name,
      ]);
    [{ id: bob }] = await database.query<[{ id: number }]>(`SELECT id FROM accounts WHERE name = 'bob'`);
    await database.query(FILL);
    await database.query('ANALYZE repositories');
    lists = new RepoListStore(database);
  });
  afterAll(() => store.close());

  const page = (query: string, more: Partial<LocalListPage> = {}): LocalListPage => ({
    ...{ query: question(query), readable: [], limit: 100, withCards: false, ...more },
  });
  const plan = async (given: LocalListPage): Promise<string> => {
    const { sql, values } = listSql(given);
    const rows = await database.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const secondPage = async (first: LocalListPage): Promise<LocalListPage> => ({
    ...first,
    after: (await lists.page(first)).at(-1)?.place,
  });

  test.each([
    ['lastModified', 'ix_repositories_by_change'],
    ['createdAt', 'ix_repositories_by_creation'],
    ['downloads', 'ix_repositories_by_downloads'],
    ['likes', '_key on repositories'],
  ])('a page by %s is read from its index, either way round', async (sort, index) => {
    for (const direction of ['-1', '1']) {
      const read = await plan(await secondPage(page(`sort=${sort}&direction=${direction}`)));
      expect(read).toContain(index);
      expect(read).not.toContain('Seq Scan on repositories');
      expect(read).not.toContain('Sort');
    }
  });

  test.each([
    ['search=9998', 'ix_repositories_words'],
    ['search=998+an', 'ix_repositories_words'],
    ['filter=rare', 'ix_repositories_tags'],
  ])('%s is found by its index', async (query, index) => {
    expect(await plan(page(query))).toContain(index);
  });

  test.each(['lastModified', 'createdAt', 'downloads', 'trendingScore'])('a walk by %s misses none', async (sort) => {
    for (const direction of ['-1', '1']) {
      const ids = new Set<string>();
      let [shown, after]: [number, LocalPlace | undefined] = [0, undefined];
      do {
        const found = await lists.page(
          page(`sort=${sort}&direction=${direction}`, { limit: 2000, after, readable: [bob] }),
        );
        after = found.at(-1)?.place;
        shown += found.length;
        for (const { repository } of found) ids.add(repository.repo.name);
      } while (after);
      expect([shown, ids.size]).toEqual([REPOSITORIES, REPOSITORIES]);
    }
  });

  it('private repositories are listed for those who may read them, and found by nobody else', async () => {
    const names = async (readable: number[]): Promise<string[]> =>
      (await lists.page(page('filter=rare&search=model-10000', { readable }))).map(
        ({ repository }) => repository.repo.name,
      );
    expect(await names([])).toEqual([]);
    expect(await names([bob])).toEqual(['model-10000']);
  });

  it('ids are known whoever asks, old names too', async () => {
    await database.query(
      `INSERT INTO repository_aliases (lookup_key, repository_id) SELECT 'model:ann/old', id FROM repositories LIMIT 1`,
    );
    const keys = ['model:bob/model-100', 'model:ann/old', 'model:ann/nothing', 'dataset:bob/model-100'];
    expect(await lists.findKnownKeys(keys)).toEqual(new Set(['model:bob/model-100', 'model:ann/old']));
  });

  it('words follow what changes: name, tags, card; and no card is too long for them', async () => {
    const found = async (search: string): Promise<number> => (await lists.page(page(`search=${search}`))).length;
    const change = (set: string) =>
      database.query(`UPDATE repositories SET ${set} WHERE lookup_key = 'model:ann/model-7'`);
    await change(`name = 'zebra'`);
    await change(`tags = ARRAY['Striped-Horse']`);
    await change(`card_data = '{"model-index": [{"name": "Savannah 1"}], "x": 5}'`);
    expect([await found('ebr'), await found('horse'), await found('savan'), await found('avan')]).toEqual([1, 1, 1, 0]);
    const long = `(SELECT jsonb_build_object('text', string_agg(md5(n::text) || repeat('é', 60), ' ')) FROM generate_series(1, 9000) n)`;
    await change(`card_data = ${long}, tags = ARRAY[repeat('x', 5000)]`);
    expect([await found('zebra'), await found('xxx'), await found('savan')]).toEqual([1, 1, 0]);
  });
});
