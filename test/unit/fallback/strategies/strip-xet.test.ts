import { stripXetFromInfo } from '../../../../src/fallback/strategies/strip-xet.js';

it('stripXetFromInfo removes Xet hints from a copy of an info and its files', () => {
  const info = { id: 'o/r', xetEnabled: true, siblings: [{ rfilename: 'a', xetHash: 'h' }, null, 'odd'] };
  expect(stripXetFromInfo(info)).toEqual({ id: 'o/r', xetEnabled: false, siblings: [{ rfilename: 'a' }, null, 'odd'] });
  expect(info.xetEnabled).toBe(true);
  expect(stripXetFromInfo({ id: 'o/r' })).toEqual({ id: 'o/r' });
  expect(stripXetFromInfo({ siblings: 'none' })).toEqual({ siblings: 'none' });
});
