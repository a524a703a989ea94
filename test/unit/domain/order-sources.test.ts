import { ANONYMOUS, type Caller } from '../../../src/domain/caller.js';
import type { RepoId } from '../../../src/domain/repo-id.js';
import type { Source } from '../../../src/domain/source.js';
import {
  dependsOnCaller,
  hubDependsOnCaller,
  orderHubSources,
  orderSources,
} from '../../../src/domain/order-sources.js';
import { buildSource } from '../../support/build-source.js';

const source = (key: string, more: Partial<Source> = {}): Source =>
  buildSource({ key, name: key, url: `https://${key.replace(':', '-')}.example`, ...more });
const repo: RepoId = { type: 'model', namespace: 'acme', name: 'bert' };
const ann: Caller = { accountId: '1', name: 'ann', role: 'read' };
const keys = (sources: Source[], of = repo, caller = ANONYMOUS): string[] =>
  orderSources(sources, of, caller).map(({ key }) => key);

describe('orderSources', () => {
  test('lower priority first; then the environment in its order, then the older row', () => {
    const sources = [
      source('db:10'),
      source('db:9'),
      source('env:11'),
      source('env:2'),
      source('db:11', { priority: 1 }),
      source('env:1', { priority: 101 }),
    ];
    expect(keys(sources)).toEqual(['db:11', 'env:2', 'env:11', 'db:9', 'db:10', 'env:1']);
  });

  test('leaves the given list as it was', () => {
    const sources = Object.freeze([source('db:2'), source('db:1')]);
    expect(orderSources(sources, repo, ANONYMOUS)).toHaveLength(2);
    expect(sources[0]?.key).toBe('db:2');
  });

  test.each<[string, Partial<Source>, boolean]>([
    ['disabled', { enabled: false }, false],
    ['of the namespace', { namespace: 'acme' }, true],
    ['of the namespace in another case', { namespace: 'ACME' }, true],
    ['of another namespace', { namespace: 'acme2' }, false],
    ['included', { include: ['acme/*'] }, true],
    ['included by one of two', { include: ['x/*', 'ACME/BERT'] }, true],
    ['included for its type', { include: ['model:acme/*'] }, true],
    ['included for another type', { include: ['dataset:acme/*'] }, false],
    ['not included', { include: ['other/*'] }, false],
    ['excluded', { exclude: ['acme/b*'] }, false],
    ['excluded for another type', { exclude: ['space:**'] }, true],
    ['included and excluded', { include: ['acme/*'], exclude: ['model:acme/bert'] }, false],
  ])('%s', (_, more, expected) => {
    expect(keys([source('db:1', more)])).toEqual(expected ? ['db:1'] : []);
  });

  test('a one-segment id belongs to no namespace', () => {
    const gpt2: RepoId = { type: 'model', namespace: '', name: 'gpt2' };
    const sources = [
      source('db:1', { namespace: 'acme' }),
      source('db:2', { include: ['*'] }),
      source('db:3', { include: ['*/*'] }),
    ];
    expect(keys(sources, gpt2)).toEqual(['db:2']);
  });

  test('require_auth lets signed-in callers only', () => {
    const sources = [source('db:1', { requireAuth: true }), source('db:2')];
    expect(keys(sources)).toEqual(['db:2']);
    expect(keys(sources, repo, ann)).toEqual(['db:1', 'db:2']);
  });

  describe("a namespace's own source and a global one with the same URL", () => {
    const url = 'https://hub.example';
    const pair = (more: Partial<Source>): Source[] => [
      source('db:1', { url, priority: 1 }),
      source('db:2', { url, namespace: 'Acme', ...more }),
    ];
    test('the own one stands in for its namespace', () => expect(keys(pair({}))).toEqual(['db:2']));
    test('the global one serves the others', () =>
      expect(keys(pair({}), { ...repo, namespace: 'x' })).toEqual(['db:1']));
    test('a disabled one stands in for nothing', () => expect(keys(pair({ enabled: false }))).toEqual(['db:1']));
    test('what the own one excludes is not asked through the global one', () =>
      expect(keys(pair({ exclude: ['acme/bert'] }))).toEqual([]));
    test('whom the own one refuses does not come in through the global one', () => {
      expect(keys(pair({ requireAuth: true }))).toEqual([]);
      expect(keys(pair({ requireAuth: true }), repo, ann)).toEqual(['db:2']);
    });
  });
});

describe('dependsOnCaller', () => {
  test.each<[string, Partial<Source>, boolean]>([
    ['an open source', {}, false],
    ['one for signed-in callers', { requireAuth: true }, true],
    ['a disabled one for signed-in callers', { requireAuth: true, enabled: false }, false],
    ['one of another namespace', { requireAuth: true, namespace: 'x' }, false],
    ['one that excludes the repository', { requireAuth: true, exclude: ['acme/*'] }, false],
  ])('%s: %s', (_, more, expected) => {
    expect(dependsOnCaller([source('db:1', more), source('db:2')], repo)).toBe(expected);
  });
});

describe('orderHubSources', () => {
  test.each<[string, Partial<Source>, boolean]>([
    ['one without patterns', {}, true],
    ['one that includes the account', { include: ['x/*', 'acme/*'] }, true],
    ['one that includes a repository of the account', { include: ['dataset:ac*/rows'] }, true],
    ['one that includes everything', { include: ['**'] }, true],
    ['one that includes others', { include: ['x/*', 'gpt2'] }, false],
    ['one that excludes the account', { exclude: ['ACME/*'] }, false],
    ['one that excludes everything', { exclude: ['**'] }, false],
    ['one that excludes some of the account', { exclude: ['acme/bert', 'model:acme/*', 'acme/b*', 'x/*'] }, true],
    ['one of another account', { namespace: 'x' }, false],
    ['one for signed-in callers', { requireAuth: true }, false],
  ])('%s is asked about an account: %s', (_, more, expected) => {
    expect(orderHubSources([source('db:1', more)], 'acme', ANONYMOUS)).toHaveLength(expected ? 1 : 0);
  });

  test('patterns are nothing to a question about no account', () => {
    expect(orderHubSources([source('db:1', { include: ['x/*'] })], '', ANONYMOUS)).toHaveLength(1);
  });

  test('who asks matters where a source of the account is for signed-in callers', () => {
    const members = source('db:1', { requireAuth: true, exclude: ['x/*'] });
    expect(['acme', 'x'].map((name) => hubDependsOnCaller([members], name))).toEqual([true, false]);
  });
});
