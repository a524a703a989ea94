import { pinIdFor } from '../../../web/src/admin/content-cache/pin-id.js';

const pinned = (...repos: string[]) => repos.map((name, n) => ({ id: n === 0 ? 'a-b' : `a-b-${n + 1}`, repos: name }));

test('pins of different repositories or files never replace each other', () => {
  expect(pinIdFor({ repos: 'a/b' }, [])).toBe('a-b');
  expect(pinIdFor({ repos: 'a-b' }, pinned('a/b'))).toBe('a-b-2');
  expect(pinIdFor({ repos: 'a?b' }, pinned('a/b', 'a-b'))).toBe('a-b-3');
  expect(pinIdFor({ repos: 'a/b', files: '*.bin' }, pinned('a/b'))).toBe('a-b--.bin');
  expect(pinIdFor({ repos: '*' }, [])).toBe('-');
  expect(pinIdFor({ repos: `${'x'.repeat(100)}/y` }, []).length).toBeLessThanOrEqual(64);
});

test('an equal pin is set again', () => {
  expect(pinIdFor({ repos: 'a-b', files: null }, pinned('a/b', 'a-b'))).toBe('a-b-2');
});
