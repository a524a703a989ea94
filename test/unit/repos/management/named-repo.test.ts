import { resolveNamedRepo, type NamedRepo } from '../../../../src/repos/management/named-repo.js';

describe('resolveNamedRepo', () => {
  it.each<[string, NamedRepo, string]>([
    ['a name: the caller’s model', { name: 'm' }, 'model alice/m'],
    ['null fields are ignored', { name: 'm', organization: null, type: null }, 'model alice/m'],
    [
      'the caller’s name as organization, as JavaScript clients send it',
      { name: 'm', organization: 'alice' },
      'model alice/m',
    ],
    ['an organization and a type', { name: 'd', organization: 'acme', type: 'dataset' }, 'dataset acme/d'],
    ['a full ID', { name: 'acme/m' }, 'model acme/m'],
    ['a full ID with the same organization', { name: 'acme/m', organization: 'ACME' }, 'model acme/m'],
  ])('accepts %s', (_case, body, expected) => {
    const { type, namespace, name } = resolveNamedRepo(body, 'alice');
    expect(`${type} ${namespace}/${name}`).toBe(expected);
  });

  it.each<[string, NamedRepo, RegExp]>([
    ['two namespaces', { name: 'acme/m', organization: 'alice' }, /different namespaces/],
    ['three segments', { name: 'a/b/c' }, /namespace\/name/],
    ['no name', { name: '' }, /not a repository id/],
    ['a parent directory', { name: '..' }, /not a repository id/],
  ])('rejects %s', (_case, body, message) => {
    expect(() => resolveNamedRepo(body, 'alice')).toThrow(message);
  });
});
