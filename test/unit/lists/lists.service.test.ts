import fc from 'fast-check';
import type { NamespaceContext } from '../../../src/fallback/resolver/fallback-request.js';
import { ANONYMOUS } from '../../../src/domain/caller.js';
import { LIST_SORTS, type ListEntry, type ListQuery } from '../../../src/domain/list.js';
import { listOrder, sortValue } from '../../../src/lists/list-order.js';
import { listMark, sourceMark, type LocalPosition } from '../../../src/domain/list-walk.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import { ListCursors } from '../../../src/lists/list-cursors.service.js';
import { ListsService } from '../../../src/lists/lists.service.js';
import type { LocalLists } from '../../../src/lists/local-lists.service.js';
import { ExternalList } from '../../../src/lists/external-list.js';
import type { ExternalLists } from '../../../src/lists/external-lists.service.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { buildSource } from '../../support/build-source.js';

/** A source's list as huggingface.co would page it. */
interface Far {
  readonly entries: readonly ListEntry[];
  readonly pageSize: number;
  /** How often it answers before it dies; never, when absent. */
  readonly dies?: number;
}

const ASKING: NamespaceContext = {
  ...{ caller: ANONYMOUS, namespace: '', via: [], parameter: undefined },
  signal: new AbortController().signal,
};

const cursors = new ListCursors(buildHubConfig({}));

/** A walk over lists that lie in memory, from page to page by real cursors. */
async function walk(question: ListQuery, local: readonly ListEntry[], far: readonly Far[]) {
  const order = listOrder(question);
  const answered = far.map(() => 0);
  const sources = far.map((_, n) => buildSource({ key: `db:${n}`, name: `S${n}`, url: `http://127.0.0.1:${n + 1}` }));
  const own = [...local].sort(order);
  const locals: Pick<LocalLists, 'page' | 'existingKeys'> = {
    page: (_question, _caller, from) => {
      const start = from === null ? own.length : from ? own.findIndex(({ id }) => id === from.key) + 1 : 0;
      const entries = own.slice(start, start + question.limit);
      const ended = start + entries.length >= own.length;
      const positionAfter = (taken: number): LocalPosition | null | undefined =>
        ended && taken === entries.length ? null : taken > 0 ? { value: '', key: entries[taken - 1]!.id } : from;
      return Promise.resolve({ entries, ended, positionAfter });
    },
    existingKeys: (keys) => {
      const mine = new Set(own.map(({ id }) => `model:${id.toLowerCase()}`));
      return Promise.resolve(new Set(keys.filter((key) => mine.has(key))));
    },
  };
  const answer = (list: ExternalList): void => {
    const n = sources.indexOf(list.source);
    const { entries, pageSize, dies } = far[n]!;
    if (dies !== undefined && answered[n]! >= dies) return list.end(FAILED);
    answered[n]! += 1;
    const sorted = [...entries].sort(order);
    const start = Number(list.nextPage[0]?.[1] ?? 0);
    const size = Math.min(pageSize, question.limit);
    const link =
      start + size < sorted.length ? `<${list.source.url}/api/models?offset=${start + size}>; rel="next"` : undefined;
    list.addPage({ entries: sorted.slice(start, start + size), linked: true }, link, list.nextPage);
  };
  const remote: Pick<ExternalLists, 'begin' | 'readNext'> = {
    begin: (asked, _asking, begun) =>
      sources.map((source) => new ExternalList(source, asked, begun?.sources[sourceMark(source)])),
    readNext: (lists) => Promise.resolve(lists.forEach(answer)),
  };
  const service = new ListsService(locals as LocalLists, remote as ExternalLists);
  const pages = [];
  for (let cursor: string | undefined, n = 0; n === 0 || cursor; n++) {
    const begun = cursor === undefined ? undefined : cursors.read(cursor, listMark(question));
    const page = await service.page(question, ASKING, begun);
    pages.push({ ...page, entries: page.entries as ListEntry[] });
    cursor = page.next && cursors.write(page.next);
    if (n > 2000) throw new Error('the walk does not end');
  }
  return { pages, entries: pages.flatMap(({ entries }) => entries) };
}

const FAILED = { category: 'timeout', outcome: { kind: 'failure', category: 'timeout', message: 'silent' } } as const;

const date = fc.integer({ min: 0, max: 6 }).map((day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString());
const number = fc.integer({ min: 0, max: 6 });
/** Few values and few ids: much is equal, and much is in several lists, in another case at times. */
const entry: fc.Arbitrary<ListEntry> = fc.record({
  id: fc.tuple(fc.constantFrom('a', 'A', 'b'), fc.integer({ min: 0, max: 30 })).map(([o, n]) => `${o}/${n}`),
  ...{ lastModified: date, createdAt: date, downloads: number, likes: number, trendingScore: number },
});
const list = fc.uniqueArray(entry, { maxLength: 40, selector: ({ id }) => id.toLowerCase() });
const question = fc
  .record({ sort: fc.constantFrom(...LIST_SORTS), ascending: fc.boolean(), limit: fc.integer({ min: 1, max: 25 }) })
  .map((facts) => ({ ...parseListParameters('model', []), ...facts }));
const source = fc.record({ entries: list, pageSize: fc.integer({ min: 1, max: 30 }) });

const keys = (entries: readonly ListEntry[]): string[] => entries.map(({ id }) => id.toLowerCase()).sort();

describe('a walk over any lists', () => {
  it('shows each repository exactly once, in order, on pages that are full', async () => {
    await fc.assert(
      fc.asyncProperty(question, list, fc.array(source, { maxLength: 3 }), async (asked, local, far) => {
        const { pages, entries } = await walk(asked, local, far);
        const everything = new Set(keys([...local, ...far.flatMap((one) => one.entries)]));
        expect(keys(entries)).toEqual([...everything].sort());
        const values = entries.map((one) => sortValue(one, asked.sort));
        expect(values).toEqual([...values].sort((a, b) => (asked.ascending ? a - b : b - a)));
        for (const one of pages) expect(one.entries.length).toBeLessThanOrEqual(asked.limit);
      }),
      { numRuns: 300 },
    );
  });

  it('local wins: a repository of the hub is shown as the hub has it', async () => {
    await fc.assert(
      fc.asyncProperty(question, list, fc.array(source, { maxLength: 3 }), async (asked, local, far) => {
        const { entries } = await walk(asked, local, far);
        for (const one of local) expect(entries).toContain(one);
      }),
    );
  });

  it('sources that die end their lists: the rest is shown, none twice, in order, and every later page says who failed', async () => {
    const mortal = fc.tuple(source, fc.integer({ min: 0, max: 4 })).map(([one, dies]) => ({ ...one, dies }));
    await fc.assert(
      fc.asyncProperty(question, list, fc.array(source, { maxLength: 2 }), mortal, async (asked, local, far, dying) => {
        const { pages, entries } = await walk(asked, local, [...far, dying]);
        expect(new Set(keys(entries)).size).toBe(entries.length);
        const dead = new Set(keys(dying.entries));
        const others = keys([...local, ...far.flatMap((one) => one.entries)]).filter((id) => !dead.has(id));
        expect(keys(entries)).toEqual(expect.arrayContaining(others));
        const values = entries.map((one) => sortValue(one, asked.sort));
        expect(values).toEqual([...values].sort((a, b) => (asked.ascending ? a - b : b - a)));
        const first = pages.findIndex(({ failures }) => failures.length > 0);
        const failure = { name: `S${far.length}`, category: 'timeout' };
        if (first >= 0) for (const { failures } of pages.slice(first)) expect(failures).toEqual([failure]);
        if (dying.dies === 0) expect(first).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('of one id the earlier source’s entry is shown where the whole lists are known', async () => {
    const both = (n: number): ListEntry => ({ id: 'o/m', downloads: n });
    const asked = { ...parseListParameters('model', [['sort', 'downloads']]) };
    const far = [[both(1)], [both(9), { id: 'o/n', downloads: 5 }]].map((entries) => ({ entries, pageSize: 10 }));
    const { entries } = await walk(asked, [], far);
    expect(entries).toMatchObject([
      { id: 'o/n', _source: 'S1' },
      { id: 'o/m', downloads: 1, _source: 'S0' },
    ]);
  });

  it('its cursors stay below 8 kB, however long it is', async () => {
    const asked = { ...parseListParameters('model', [['limit', '500']]) };
    const many = (name: string) =>
      Array.from({ length: 2500 }, (_, n) => ({ id: `${name}/model-${n}`, trendingScore: (n * 7919) % 2503 }));
    const far = ['a', 'b', 'c'].map((name) => ({ entries: many(name), pageSize: 1000 }));
    const { pages, entries } = await walk(asked, [], far);
    expect(entries).toHaveLength(7500);
    const lengths = pages.map(({ next }) => (next ? cursors.write(next).length : 0));
    expect(Math.max(...lengths)).toBeLessThan(7000);
    expect(Math.max(...lengths)).toBeGreaterThan(4000);
  });
});

describe('a cursor', () => {
  const walked = { question: 'q', local: null, sources: { a: null }, shown: { a: ['1234567', '7654321'] } };

  it('is read by every process with the same secret, and by no other', () => {
    const cursor = cursors.write(walked);
    expect(new ListCursors(buildHubConfig({})).read(cursor, 'q')).toEqual(walked);
    expect(() => new ListCursors(buildHubConfig({}, { secretKey: 'another' })).read(cursor, 'q')).toThrow('"cursor"');
  });

  it('is refused as soon as one bit is another, and for another question', () => {
    const bytes = Buffer.from(cursors.write(walked), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => cursors.read(changed.toString('base64url'), 'q')).toThrow('"cursor"');
    }
    expect(() => cursors.read(bytes.toString('base64url'), 'p')).toThrow('different list');
    for (const nonsense of ['', 'x', '%', '🙂']) expect(() => cursors.read(nonsense, 'q')).toThrow('"cursor"');
  });
});
