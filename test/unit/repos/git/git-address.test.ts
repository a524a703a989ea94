import { describe, expect, it } from '@jest/globals';
import { parseGitAddress } from '../../../../src/repos/git/git-address.js';

describe('parseGitAddress', () => {
  it.each([
    ['ns/name', 'model', 'ns', 'name'],
    ['ns/name.git', 'model', 'ns', 'name'],
    ['models/ns/name.git', 'model', 'ns', 'name'],
    ['datasets/ns/name', 'dataset', 'ns', 'name'],
    ['spaces/ns/v1.5.git', 'space', 'ns', 'v1.5'],
    ['gpt2', 'model', '', 'gpt2'],
    ['gpt2.git', 'model', '', 'gpt2'],
    ['datasets/squad.git', 'dataset', '', 'squad'],
    ['constructor/x', 'model', 'constructor', 'x'],
  ])('parses %s as the %s %s/%s', (path, type, namespace, name) =>
    expect(parseGitAddress(path.split('/'))).toEqual({ type, namespace, name }),
  );

  it.each(['api/models/info', 'api/x', 'a/b/c', 'spaces/a/b/c', '/x', 'datasets//x'])(
    'returns undefined for %s',
    (path) => expect(parseGitAddress(path.split('/'))).toBeUndefined(),
  );

  it.each([
    ['..', 'x'],
    ['a', 'b/c'],
    ['a', '.git'],
    ['a', 'b.git.git'],
  ])('rejects %s/%s', (...path) => expect(() => parseGitAddress(path)).toThrow(/is not a repository id/));
});
