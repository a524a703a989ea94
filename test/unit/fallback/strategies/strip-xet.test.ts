import { stripXetFromEntries, stripXetFromInfo } from '../../../../src/fallback/strategies/strip-xet.js';

it('stripXetFromEntries removes only the Xet hints', () => {
  const lfs = { oid: 'x', size: 1, pointerSize: 2 };
  const plain = { type: 'file', path: 'a' };
  expect(stripXetFromEntries([{ ...plain, lfs, xetHash: 'h' }, plain, null, 'odd', 7])).toEqual([
    { ...plain, lfs },
    plain,
    null,
    'odd',
    7,
  ]);
});

it('stripXetFromInfo removes Xet hints from a copy of an info and its files', () => {
  const info = { id: 'o/r', xetEnabled: true, siblings: [{ rfilename: 'a', xetHash: 'h' }] };
  expect(stripXetFromInfo(info)).toEqual({ id: 'o/r', xetEnabled: false, siblings: [{ rfilename: 'a' }] });
  expect(info.siblings[0]).toHaveProperty('xetHash');
  expect(stripXetFromInfo({ id: 'o/r' })).toEqual({ id: 'o/r' });
  expect(stripXetFromInfo({ siblings: 'none' })).toEqual({ siblings: 'none' });
});
