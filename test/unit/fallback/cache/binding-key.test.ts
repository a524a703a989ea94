import { ANONYMOUS } from '../../../../src/domain/caller.js';
import type { RepoId } from '../../../../src/domain/repo-id.js';
import { bindingKey, repoBindingPrefix } from '../../../../src/fallback/cache/binding-key.js';

const member = { accountId: '1', name: 'm' };
const model: RepoId = { type: 'model', namespace: 'ns', name: 'name' };

it.each([
  ['any caller', model, false, member, 'fallback:repo:model:ns/name'],
  ['a dataset', { ...model, type: 'dataset' as const }, false, ANONYMOUS, 'fallback:repo:dataset:ns/name'],
  ['an ID of one segment', { ...model, namespace: '' }, false, ANONYMOUS, 'fallback:repo:model:name'],
  ['signed-in callers', model, true, member, 'fallback:repo:model:ns/name:user'],
  ['anonymous callers', model, true, ANONYMOUS, 'fallback:repo:model:ns/name:anon'],
])('bindingKey for %s', (_, repo, depends, caller, key) => expect(bindingKey(repo, depends, caller)).toBe(key));

it('all keys of a repository have its prefix', () => {
  expect(bindingKey(model, true, member).startsWith(`${repoBindingPrefix(model)}:`)).toBe(true);
});
