import fc from 'fast-check';
import type { NamespaceContext } from '../../../src/fallback/resolver/fallback-request.js';
import { ANONYMOUS } from '../../../src/domain/caller.js';
import { LIST_SORTS, type ListEntry, type ListQuery } from '../../../src/domain/list.js';
import { listOrder, sortValue } from '../../../src/lists/list-order.js';
import { listMark, sourceMark, type LocalPosition } from '../../../src/domain/list-walk.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import { ListCursors } from '../../../src/lists/list-cursors.service.js';
import { SecretKeys } from '../../../src/platform/identity/secret-keys.js';
import { ListsService } from '../../../src/lists/lists.service.js';
import type { LocalLists } from '../../../src/lists/local-lists.service.js';
import { ExternalList } from '../../../src/lists/external-list.js';
import type { ExternalLists } from '../../../src/lists/external-lists.service.js';
import { buildSource } from '../../support/build-source.js';

/** The list of a source that pages it like huggingface.co. */
interface FakeList {
  readonly entries: readonly ListEntry[];
  readonly pageSize: number;
  /** Number of pages before the source fails; without it, the source never fails. */
  readonly failsAfter?: number;
}

const CONTEXT: NamespaceContext = {
  caller: ANONYMOUS,
  namespace: '',
  via: [],
  parameter: undefined,
  signal: new AbortController().signal,
};

const cursorsWith = (...keys: string[]): ListCursors => new ListCursors(new SecretKeys(keys));
const cursors = cursorsWith('a-secret-key-of-a-test');

/** Reads all pages of lists in memory, with real cursors. */
async function readAll(query: ListQuery, local: readonly ListEntry[], external: readonly FakeList[]) {
  const order = listOrder(query);
  const pagesRead = external.map(() => 0);
  const sources = external.map((_, n) =>
    buildSource({ key: `db:${n}`, name: `S${n}`, url: `http://127.0.0.1:${n + 1}` }),
  );
  const localEntries = [...local].sort(order);
  const locals: Pick<LocalLists, 'page' | 'existingKeys'> = {
    page: (_query, _caller, from) => {
      const start =
        from === null ? localEntries.length : from ? localEntries.findIndex(({ id }) => id === from.key) + 1 : 0;
      const entries = localEntries.slice(start, start + query.limit);
      const ended = start + entries.length >= localEntries.length;
      const positionAfter = (taken: number): LocalPosition | null | undefined =>
        ended && taken === entries.length ? null : taken > 0 ? { value: '', key: entries[taken - 1]!.id } : from;
      return Promise.resolve({ entries, ended, positionAfter });
    },
    existingKeys: (keys) => {
      const existing = new Set(localEntries.map(({ id }) => `model:${id.toLowerCase()}`));
      return Promise.resolve(new Set(keys.filter((key) => existing.has(key))));
    },
  };
  const readPage = (list: ExternalList): void => {
    const n = sources.indexOf(list.source);
    const { entries, pageSize, failsAfter } = external[n]!;
    if (failsAfter !== undefined && pagesRead[n]! >= failsAfter) return list.end(FAILED);
    pagesRead[n]! += 1;
    const sorted = [...entries].sort(order);
    const start = Number(list.nextPage[0]?.[1] ?? 0);
    const size = Math.min(pageSize, query.limit);
    const link =
      start + size < sorted.length ? `<${list.source.url}/api/models?offset=${start + size}>; rel="next"` : undefined;
    list.addPage({ entries: sorted.slice(start, start + size), linked: true }, link, list.nextPage);
  };
  const remote: Pick<ExternalLists, 'begin' | 'readNext'> = {
    begin: (listQuery, _context, cursor) =>
      sources.map((source) => new ExternalList(source, listQuery, cursor?.sources[sourceMark(source)])),
    readNext: (lists) => Promise.resolve(lists.forEach(readPage)),
  };
  const service = new ListsService(locals as LocalLists, remote as ExternalLists);
  const pages = [];
  for (let cursor: string | undefined, n = 0; n === 0 || cursor; n++) {
    const position = cursor === undefined ? undefined : cursors.read(cursor, listMark(query));
    const page = await service.page(query, CONTEXT, position);
    pages.push({ ...page, entries: page.entries as ListEntry[] });
    cursor = page.next && cursors.write(page.next);
    if (n > 2000) throw new Error('The walk does not end');
  }
  return { pages, entries: pages.flatMap(({ entries }) => entries) };
}

const FAILED = {
  category: 'timeout',
  outcome: { kind: 'failure', category: 'timeout', message: 'no response' },
} as const;

const date = fc.integer({ min: 0, max: 6 }).map((day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString());
const number = fc.integer({ min: 0, max: 6 });
/** Few values and IDs, so that many are equal and in several lists, sometimes in another case. */
const entry: fc.Arbitrary<ListEntry> = fc.record({
  id: fc.tuple(fc.constantFrom('a', 'A', 'b'), fc.integer({ min: 0, max: 30 })).map(([o, n]) => `${o}/${n}`),
  lastModified: date,
  createdAt: date,
  downloads: number,
  likes: number,
  trendingScore: number,
});
const list = fc.uniqueArray(entry, { maxLength: 40, selector: ({ id }) => id.toLowerCase() });
const query = fc
  .record({ sort: fc.constantFrom(...LIST_SORTS), ascending: fc.boolean(), limit: fc.integer({ min: 1, max: 25 }) })
  .map((facts) => ({ ...parseListParameters('model', []), ...facts }));
const source = fc.record({ entries: list, pageSize: fc.integer({ min: 1, max: 30 }) });

const keys = (entries: readonly ListEntry[]): string[] => entries.map(({ id }) => id.toLowerCase()).sort();

describe('paging through any lists', () => {
  it('returns each repository exactly once, in order, on full pages', async () => {
    await fc.assert(
      fc.asyncProperty(query, list, fc.array(source, { maxLength: 3 }), async (query, local, external) => {
        const { pages, entries } = await readAll(query, local, external);
        const everything = new Set(keys([...local, ...external.flatMap(({ entries }) => entries)]));
        expect(keys(entries)).toEqual([...everything].sort());
        const values = entries.map((item) => sortValue(item, query.sort));
        expect(values).toEqual([...values].sort((a, b) => (query.ascending ? a - b : b - a)));
        for (const page of pages) expect(page.entries.length).toBeLessThanOrEqual(query.limit);
      }),
      { numRuns: 300 },
    );
  });

  it('returns local entries for repositories that exist on this hub', async () => {
    await fc.assert(
      fc.asyncProperty(query, list, fc.array(source, { maxLength: 3 }), async (query, local, external) => {
        const { entries } = await readAll(query, local, external);
        for (const item of local) expect(entries).toContain(item);
      }),
    );
  });

  it('ends the list of a failed source, returns the rest once and in order, and reports the failure on every later page', async () => {
    const failing = fc
      .tuple(source, fc.integer({ min: 0, max: 4 }))
      .map(([fake, failsAfter]) => ({ ...fake, failsAfter }));
    await fc.assert(
      fc.asyncProperty(
        query,
        list,
        fc.array(source, { maxLength: 2 }),
        failing,
        async (query, local, external, failingSource) => {
          const { pages, entries } = await readAll(query, local, [...external, failingSource]);
          expect(new Set(keys(entries)).size).toBe(entries.length);
          const lost = new Set(keys(failingSource.entries));
          const others = keys([...local, ...external.flatMap(({ entries }) => entries)]).filter((id) => !lost.has(id));
          expect(keys(entries)).toEqual(expect.arrayContaining(others));
          const values = entries.map((item) => sortValue(item, query.sort));
          expect(values).toEqual([...values].sort((a, b) => (query.ascending ? a - b : b - a)));
          const first = pages.findIndex(({ failures }) => failures.length > 0);
          const failure = { name: `S${external.length}`, category: 'timeout' };
          if (first >= 0) for (const { failures } of pages.slice(first)) expect(failures).toEqual([failure]);
          if (failingSource.failsAfter === 0) expect(first).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('returns the entry of the earlier source for a duplicate ID', async () => {
    const both = (n: number): ListEntry => ({ id: 'o/m', downloads: n });
    const query = { ...parseListParameters('model', [['sort', 'downloads']]) };
    const external = [[both(1)], [both(9), { id: 'o/n', downloads: 5 }]].map((entries) => ({
      entries,
      pageSize: 10,
    }));
    const { entries } = await readAll(query, [], external);
    expect(entries).toMatchObject([
      { id: 'o/n', _source: 'S1' },
      { id: 'o/m', downloads: 1, _source: 'S0' },
    ]);
  });

  it('keeps cursors below 8 kB in long lists', async () => {
    const query = { ...parseListParameters('model', [['limit', '500']]) };
    const manyEntries = (name: string) =>
      Array.from({ length: 2500 }, (_, n) => ({ id: `${name}/model-${n}`, trendingScore: (n * 7919) % 2503 }));
    const external = ['a', 'b', 'c'].map((name) => ({ entries: manyEntries(name), pageSize: 1000 }));
    const { pages, entries } = await readAll(query, [], external);
    expect(entries).toHaveLength(7500);
    const lengths = pages.map(({ next }) => (next ? cursors.write(next).length : 0));
    expect(Math.max(...lengths)).toBeLessThan(7000);
    expect(Math.max(...lengths)).toBeGreaterThan(4000);
  });
});

describe('a cursor', () => {
  const position = { listMark: 'q', local: null, sources: { a: null }, shown: { a: ['1234567', '7654321'] } };

  it('can be read only with the secret key that wrote it, which may be one of several', () => {
    const cursor = cursors.write(position);
    expect(cursorsWith('a-secret-key-of-a-test').read(cursor, 'q')).toEqual(position);
    expect(cursorsWith('a-new-key', 'a-secret-key-of-a-test').read(cursor, 'q')).toEqual(position);
    expect(() => cursorsWith('another').read(cursor, 'q')).toThrow('"cursor"');
  });

  it('is rejected if one bit was changed, and for another query', () => {
    const bytes = Buffer.from(cursors.write(position), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => cursors.read(changed.toString('base64url'), 'q')).toThrow('"cursor"');
    }
    expect(() => cursors.read(bytes.toString('base64url'), 'p')).toThrow('different list');
    for (const nonsense of ['', 'x', '%', '🙂']) expect(() => cursors.read(nonsense, 'q')).toThrow('"cursor"');
  });
});
