import { wantsPrivate, type RequestedVisibility } from '../../../../src/repos/management/wants-private.js';

describe('wantsPrivate', () => {
  it.each<[RequestedVisibility, boolean | undefined]>([
    [{}, undefined],
    [{ private: null, visibility: null }, undefined],
    [{ private: true }, true],
    [{ private: false }, false],
    [{ visibility: 'private' }, true],
    [{ visibility: 'public' }, false],
    [{ visibility: 'private', private: true }, true],
    [{ visibility: 'public', private: null }, false],
  ])('for %j returns %s', (requested, expected) => {
    expect(wantsPrivate(requested)).toBe(expected);
  });

  it.each<[RequestedVisibility, RegExp]>([
    [{ visibility: 'public', private: true }, /contradicts/],
    [{ visibility: 'private', private: false }, /contradicts/],
    [{ visibility: 'protected' }, /not support protected repositories/],
  ])('rejects %j', (requested, message) => {
    expect(() => wantsPrivate(requested)).toThrow(message);
  });
});
