import { resolveNamedRepo, type NamedRepo } from '../../../../src/repos/management/named-repo.js';

describe('the repository that a body names', () => {
  it.each<[string, NamedRepo, string]>([
    ['a name alone: the caller’s model', { name: 'm' }, 'model alice/m'],
    ['null is as good as absent', { name: 'm', organization: null, type: null }, 'model alice/m'],
    ['the caller’s own name, as JavaScript sends it', { name: 'm', organization: 'alice' }, 'model alice/m'],
    ['an organization and a type', { name: 'd', organization: 'acme', type: 'dataset' }, 'dataset acme/d'],
    ['a whole id', { name: 'acme/m' }, 'model acme/m'],
    ['a whole id and its namespace again', { name: 'acme/m', organization: 'ACME' }, 'model acme/m'],
  ])('%s', (_case, body, expected) => {
    const { type, namespace, name } = resolveNamedRepo(body, 'alice');
    expect(`${type} ${namespace}/${name}`).toBe(expected);
  });

  it.each<[string, NamedRepo, RegExp]>([
    ['two namespaces', { name: 'acme/m', organization: 'alice' }, /different namespaces/],
    ['three segments', { name: 'a/b/c' }, /namespace\/name/],
    ['no name', { name: '' }, /not a repository id/],
    ['a name that climbs', { name: '..' }, /not a repository id/],
  ])('%s is refused', (_case, body, message) => {
    expect(() => resolveNamedRepo(body, 'alice')).toThrow(message);
  });
});
