import type { RepoId } from '../../../../src/domain/repo-id.js';
import { movedUrl } from '../../../../src/domain/urls.js';

const model = (id: string): RepoId => {
  const [namespace, name] = id.includes('/') ? id.split('/') : ['', id];
  return { type: 'model', namespace: namespace!, name: name! };
};

describe('movedUrl', () => {
  it.each([
    ['/api/models/a/old', '/api/models/b/new'],
    ['/api/models/A/Old?blobs=true&x=%2F', '/api/models/b/new?blobs=true&x=%2F'],
    ['/api/models/a/old/tree/main/d%20e/a/old?a/old', '/api/models/b/new/tree/main/d%20e/a/old?a/old'],
    ['/a/old/resolve/refs%2Fpr%2F1/x%25y.bin', '/b/new/resolve/refs%2Fpr%2F1/x%25y.bin'],
    ['/api/a/old/resolve/main/x', '/api/b/new/resolve/main/x'],
    ['/%61/old/raw/main/x', '/b/new/raw/main/x'],
    ['/a/old.git/info/refs?service=git-upload-pack', '/b/new.git/info/refs?service=git-upload-pack'],
    ['/api/repos/delete', undefined],
    ['/api/models/a/older', undefined],
    ['/api/models/a/%zz', undefined],
  ])('%s → %s', (url, expected) => {
    expect(movedUrl(url, { from: model('a/old'), to: model('b/new') })).toBe(expected);
  });

  it('supports dataset prefixes and IDs of one segment', () => {
    const dataset = (id: string): RepoId => ({ ...model(id), type: 'dataset' });
    expect(movedUrl('/datasets/a/old/resolve/main/x', { from: dataset('a/old'), to: dataset('b/new') })).toBe(
      '/datasets/b/new/resolve/main/x',
    );
    expect(movedUrl('/api/models/gpt2/refs', { from: model('gpt2'), to: model('o/gpt2') })).toBe(
      '/api/models/o/gpt2/refs',
    );
  });
});
