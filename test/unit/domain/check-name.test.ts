import { describe, expect, it } from '@jest/globals';
import { checkAccountName, checkRepoName } from '../../../src/domain/check-name.js';
import { lookupKey, publicId } from '../../../src/domain/lookup-key.js';

const refused = expect.objectContaining({ code: 'BadRequest' });

describe('names', () => {
  it.each(['gpt2', 'Llama-3.1_8B', 'a', '_x', 'x.gitx', 'n'.repeat(96)])('%s is fine', (name) => {
    expect(() => checkRepoName(name)).not.toThrow();
    expect(() => checkAccountName(name)).not.toThrow();
  });

  it.each(['', 'a b', 'a/b', 'é', 'a--b', 'a..b', '-a', 'a-', '.a', 'a.', 'a.git', 'a.GIT', 'n'.repeat(97), 'a\n'])(
    '%j is refused',
    (name) => {
      expect(() => checkRepoName(name)).toThrow(refused);
      expect(() => checkAccountName(name)).toThrow(refused);
    },
  );

  it.each(['resolve', 'Tree', 'refs'])('%s would be read as a word of the URL', (name) => {
    expect(() => checkRepoName(name)).toThrow(refused);
  });

  it.each(['api', 'Datasets', 'admin', 'metrics'])('%s is the hub’s own, as an account', (name) => {
    expect(() => checkAccountName(name)).toThrow(refused);
    expect(() => checkRepoName(name)).not.toThrow();
  });
});

it('a repository has one key whatever the case', () => {
  const key = lookupKey({ type: 'dataset', namespace: 'Ns', name: 'NAME' });
  expect(key).toBe('dataset:ns/name');
  expect(lookupKey({ type: 'model', namespace: '', name: 'GPT2' })).toBe('model:gpt2');
});

it('ids are 24 hex digits', () => {
  expect(publicId(255)).toBe('0000000000000000000000ff');
});
