import { ANONYMOUS } from '../../../../src/domain/caller.js';
import type { RepoId } from '../../../../src/domain/repo-id.js';
import { bindingKey, repoBindingPrefix } from '../../../../src/fallback/cache/binding-key.js';

const member = { accountId: '1', name: 'm' };
const model: RepoId = { type: 'model', namespace: 'ns', name: 'name' };

it.each([
  ['shared by all', model, false, member, 'fallback:repo:model:ns/name'],
  ['of a dataset', { ...model, type: 'dataset' as const }, false, ANONYMOUS, 'fallback:repo:dataset:ns/name'],
  ['of a one-segment id', { ...model, namespace: '' }, false, ANONYMOUS, 'fallback:repo:model:name'],
  ['for members', model, true, member, 'fallback:repo:model:ns/name:user'],
  ['for strangers', model, true, ANONYMOUS, 'fallback:repo:model:ns/name:anon'],
])('%s', (_, repo, depends, caller, key) => expect(bindingKey(repo, depends, caller)).toBe(key));

it('all keys of a repository begin with its own', () => {
  expect(bindingKey(model, true, member).startsWith(`${repoBindingPrefix(model)}:`)).toBe(true);
});
