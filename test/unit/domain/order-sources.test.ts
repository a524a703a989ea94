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
const keys = (sources: Source[], id = repo, caller = ANONYMOUS): string[] =>
  orderSources(sources, id, caller).map(({ key }) => key);

describe('orderSources', () => {
  test('sorts by priority, then environment sources in their order, then stored sources by age', () => {
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

  test('does not modify its input', () => {
    const sources = Object.freeze([source('db:2'), source('db:1')]);
    expect(orderSources(sources, repo, ANONYMOUS)).toHaveLength(2);
    expect(sources[0]?.key).toBe('db:2');
  });

  test.each<[string, Partial<Source>, boolean]>([
    ['disabled', { enabled: false }, false],
    ['for the namespace', { namespace: 'acme' }, true],
    ['for the namespace in another case', { namespace: 'ACME' }, true],
    ['for another namespace', { namespace: 'acme2' }, false],
    ['included', { include: ['acme/*'] }, true],
    ['included by one of two', { include: ['x/*', 'ACME/BERT'] }, true],
    ['included for its type', { include: ['model:acme/*'] }, true],
    ['included for another type', { include: ['dataset:acme/*'] }, false],
    ['not included', { include: ['other/*'] }, false],
    ['excluded', { exclude: ['acme/b*'] }, false],
    ['excluded for another type', { exclude: ['space:**'] }, true],
    ['included and excluded', { include: ['acme/*'], exclude: ['model:acme/bert'] }, false],
  ])('filters a source that is %s', (_, more, expected) => {
    expect(keys([source('db:1', more)])).toEqual(expected ? ['db:1'] : []);
  });

  test('treats an ID of one segment as outside any namespace', () => {
    const gpt2: RepoId = { type: 'model', namespace: '', name: 'gpt2' };
    const sources = [
      source('db:1', { namespace: 'acme' }),
      source('db:2', { include: ['*'] }),
      source('db:3', { include: ['*/*'] }),
    ];
    expect(keys(sources, gpt2)).toEqual(['db:2']);
  });

  test('limits require_auth sources to signed-in callers', () => {
    const sources = [source('db:1', { requireAuth: true }), source('db:2')];
    expect(keys(sources)).toEqual(['db:2']);
    expect(keys(sources, repo, ann)).toEqual(['db:1', 'db:2']);
  });

  describe('for a namespace source and a global source with the same URL', () => {
    const url = 'https://hub.example';
    const pair = (more: Partial<Source>): Source[] => [
      source('db:1', { url, priority: 1 }),
      source('db:2', { url, namespace: 'Acme', ...more }),
    ];
    test('uses the namespace source in its namespace', () => expect(keys(pair({}))).toEqual(['db:2']));
    test('uses the global source in other namespaces', () =>
      expect(keys(pair({}), { ...repo, namespace: 'x' })).toEqual(['db:1']));
    test('ignores a disabled namespace source', () => expect(keys(pair({ enabled: false }))).toEqual(['db:1']));
    test('does not use the global source for repositories that the namespace source excludes', () =>
      expect(keys(pair({ exclude: ['acme/bert'] }))).toEqual([]));
    test('does not use the global source for callers that the namespace source rejects', () => {
      expect(keys(pair({ requireAuth: true }))).toEqual([]);
      expect(keys(pair({ requireAuth: true }), repo, ann)).toEqual(['db:2']);
    });
  });
});

describe('dependsOnCaller', () => {
  test.each<[string, Partial<Source>, boolean]>([
    ['a public source', {}, false],
    ['a source for signed-in callers', { requireAuth: true }, true],
    ['a disabled source for signed-in callers', { requireAuth: true, enabled: false }, false],
    ['a source for another namespace', { requireAuth: true, namespace: 'x' }, false],
    ['a source that excludes the repository', { requireAuth: true, exclude: ['acme/*'] }, false],
  ])('with %s is %s', (_, more, expected) => {
    expect(dependsOnCaller([source('db:1', more), source('db:2')], repo)).toBe(expected);
  });
});

describe('orderHubSources', () => {
  test.each<[string, Partial<Source>, boolean]>([
    ['a source without patterns', {}, true],
    ['a source that includes the account', { include: ['x/*', 'acme/*'] }, true],
    ['a source that includes a repository of the account', { include: ['dataset:ac*/rows'] }, true],
    ['a source that includes everything', { include: ['**'] }, true],
    ['a source that includes others', { include: ['x/*', 'gpt2'] }, false],
    ['a source that excludes the account', { exclude: ['ACME/*'] }, false],
    ['a source that excludes everything', { exclude: ['**'] }, false],
    ['a source that excludes some of the account', { exclude: ['acme/bert', 'model:acme/*', 'acme/b*', 'x/*'] }, true],
    ['a source for another account', { namespace: 'x' }, false],
    ['a source for signed-in callers', { requireAuth: true }, false],
  ])('for an account includes %s: %s', (_, more, expected) => {
    expect(orderHubSources([source('db:1', more)], 'acme', ANONYMOUS)).toHaveLength(expected ? 1 : 0);
  });

  test('ignores patterns for requests without an account', () => {
    expect(orderHubSources([source('db:1', { include: ['x/*'] })], '', ANONYMOUS)).toHaveLength(1);
  });

  test('hubDependsOnCaller is true if a source of the account requires sign-in', () => {
    const requiringAuth = source('db:1', { requireAuth: true, exclude: ['x/*'] });
    expect(['acme', 'x'].map((name) => hubDependsOnCaller([requiringAuth], name))).toEqual([true, false]);
  });
});
