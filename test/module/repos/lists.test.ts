import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { ListQuery } from '../../../src/domain/list.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import type { LocalPosition } from '../../../src/domain/list-walk.js';
import { adminRepoSql } from '../../../src/repos/store/admin-repo-sql.js';
import { listSql, RepoListStore, type LocalListPage } from '../../../src/repos/store/repo-list.store.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const REPOSITORIES = 10_000;

/** Public models of one account and some private ones of another. Each date and count occurs several times. */
const FILL = `
  INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private, created_at, updated_at, downloads, tags)
    SELECT 'model', a.name, 'model-' || n, 'model:' || a.name || '/model-' || n, a.id, a.name = 'bob',
      '2024-01-01'::timestamptz + (n % 997) * interval '1.000001 hour', '2024-01-01'::timestamptz + (n % 7) * interval '1 us',
      n % 50, CASE WHEN n % 500 = 0 THEN ARRAY['rare', 'all'] ELSE ARRAY['all'] END
    FROM generate_series(1, ${REPOSITORIES}) n
      JOIN accounts a ON a.name = CASE WHEN n % 100 = 0 THEN 'bob' ELSE 'ann' END`;

const parseQuery = (query: string): ListQuery => parseListParameters('model', [...new URLSearchParams(query)]);

/** Many accounts with one dataset, so that an account has few repositories on average. */
const FILL_OTHERS = `
  WITH others AS (
    INSERT INTO accounts (kind, name, lookup_name, full_name) SELECT 'user', 'other-' || n, 'other-' || n, 'Other'
    FROM generate_series(1, 500) n RETURNING id, name)
  INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private)
    SELECT 'dataset', name, 'data', 'dataset:' || name || '/data', id, false FROM others`;

describeOnEveryDatabase.inFullRuns('lists of ten thousand repositories', (newDatabase) => {
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
    await store.downloads.flush(); // the first one of a day recalculates all counts
    await database.query(FILL);
    await database.query(FILL_OTHERS);
    await database.query('ANALYZE repositories');
    lists = new RepoListStore(database);
  });
  afterAll(() => store.close());

  const page = (query: string, more: Partial<LocalListPage> = {}): LocalListPage => ({
    query: parseQuery(query),
    readable: { owners: [], repositories: [] },
    limit: 100,
    withCards: false,
    ...more,
  });
  const plan = (listPage: LocalListPage, owner?: number): Promise<string> => explain(listSql(listPage, owner));
  const explain = async ({ sql, values }: { sql: string; values: readonly unknown[] }): Promise<string> => {
    const rows = await database.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`, [...values]);
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
    ['likes', 'ix_repositories_by_likes'],
    ['trendingScore', '_key on repositories'],
  ])('a page sorted by %s is read from its index in both directions', async (sort, index) => {
    for (const direction of ['-1', '1']) {
      const read = await plan(await secondPage(page(`sort=${sort}&direction=${direction}`)));
      expect(read).toContain(index);
      expect(read).not.toContain('Seq Scan on repositories');
      expect(read).not.toContain('Sort');
    }
  });

  it('a page of an account with many repositories is read from an index', async () => {
    const [{ id: ann }] = await database.query<[{ id: number }]>(`SELECT id FROM accounts WHERE name = 'ann'`);
    for (const sort of ['lastModified', 'id', 'downloads'])
      expect(await plan(page(`author=ann&sort=${sort}`, { limit: 26 }), ann)).not.toMatch(
        /Sort|Seq Scan on repositories/,
      );
    const administration = { owner: ann, type: 'model', sort: 'name', limit: 26 } as const;
    expect(await explain(adminRepoSql(administration))).not.toMatch(/Bitmap|Seq Scan on repositories/);
  });

  it('a page of the administrator with a search that many repositories match is read from an index', async () => {
    for (const sort of ['name', 'updated'] as const)
      expect(await explain(adminRepoSql({ search: 'model', type: 'model', sort, limit: 26 }))).not.toMatch(
        /Bitmap|Seq Scan on repositories/,
      );
  });

  test.each([
    ['search=9998', 'ix_repositories_words'],
    ['search=998+an', 'ix_repositories_words'],
    ['filter=rare', 'ix_repositories_tags'],
  ])('%s uses its index', async (query, index) => {
    expect(await plan(page(query))).toContain(index);
  });

  test.each(['lastModified', 'createdAt', 'downloads', 'trendingScore'])(
    'the pages sorted by %s include each repository once',
    async (sort) => {
      for (const direction of ['-1', '1']) {
        const ids = new Set<string>();
        const sizes: number[] = [];
        let after: LocalPosition | undefined;
        do {
          const entries = await lists.page(
            page(`sort=${sort}&direction=${direction}`, {
              limit: 2000,
              after,
              readable: { owners: [bob], repositories: [] },
            }),
          );
          after = entries.at(-1)?.place;
          sizes.push(entries.length);
          for (const { repository } of entries) ids.add(repository.repo.name);
        } while (after);
        expect([direction, ids.size, sizes]).toEqual([direction, REPOSITORIES, [2000, 2000, 2000, 2000, 2000, 0]]);
      }
    },
  );

  it('private repositories are listed only for users who can read them', async () => {
    const names = async (owners: number[], repositories: number[] = []): Promise<string[]> =>
      (await lists.page(page('filter=rare&search=model-10000', { readable: { owners, repositories } }))).map(
        ({ repository }) => repository.repo.name,
      );
    expect(await names([])).toEqual([]);
    expect(await names([bob])).toEqual(['model-10000']);
    const [row] = await database.query<{ id: number }[]>(`SELECT id FROM repositories WHERE name = 'model-10000'`);
    expect([await names([], [row!.id]), await names([], [row!.id - 1])]).toEqual([['model-10000'], []]);
  });

  it('findKnownKeys() includes private repositories and former names', async () => {
    await database.query(
      `INSERT INTO repository_aliases (lookup_key, repository_id) SELECT 'model:ann/old', id FROM repositories LIMIT 1`,
    );
    const keys = ['model:bob/model-100', 'model:ann/old', 'model:ann/nothing', 'dataset:bob/model-100'];
    expect(await lists.findKnownKeys(keys)).toEqual(new Set(['model:bob/model-100', 'model:ann/old']));
  });

  it('the search index follows changes of name, tags and card, and supports long cards', async () => {
    const searchCount = async (search: string): Promise<number> => (await lists.page(page(`search=${search}`))).length;
    const change = (set: string) =>
      database.query(`UPDATE repositories SET ${set} WHERE lookup_key = 'model:ann/model-7'`);
    await change(`name = 'zebra'`);
    await change(`tags = ARRAY['Striped-Horse']`);
    await change(`card_data = '{"model-index": [{"name": "Savannah 1"}], "x": 5}'`);
    expect([
      await searchCount('ebr'),
      await searchCount('horse'),
      await searchCount('savan'),
      await searchCount('avan'),
    ]).toEqual([1, 1, 1, 0]);
    const long = `(SELECT jsonb_build_object('text', string_agg(md5(n::text) || repeat('é', 60), ' ')) FROM generate_series(1, 9000) n)`;
    await change(`card_data = ${long}, tags = ARRAY[repeat('x', 5000)]`);
    expect([await searchCount('zebra'), await searchCount('xxx'), await searchCount('savan')]).toEqual([1, 1, 0]);
  });
});
