import { wantsPrivate, type RequestedVisibility } from '../../../../src/repos/management/wants-private.js';

describe('who may see a repository', () => {
  it.each<[RequestedVisibility, boolean | undefined]>([
    [{}, undefined],
    [{ private: null, visibility: null }, undefined],
    [{ private: true }, true],
    [{ private: false }, false],
    [{ visibility: 'private' }, true],
    [{ visibility: 'public' }, false],
    [{ visibility: 'private', private: true }, true],
    [{ visibility: 'public', private: null }, false],
  ])('%j: private is %s', (asked, expected) => {
    expect(wantsPrivate(asked)).toBe(expected);
  });

  it.each<[RequestedVisibility, RegExp]>([
    [{ visibility: 'public', private: true }, /contradicts/],
    [{ visibility: 'private', private: false }, /contradicts/],
    [{ visibility: 'protected' }, /not support protected repositories/],
  ])('%j is refused', (asked, message) => {
    expect(() => wantsPrivate(asked)).toThrow(message);
  });
});
