import { failedSources, failuresHeader } from '../../../src/domain/list-failures.js';

const FAILURES = [
  { name: 'hub', category: 'timeout' as const },
  { name: 'a, b; 100 %\r\nÉ', category: 'server' as const },
];

test('X-Source-Failures is one line of ASCII for any source names', () => {
  expect(failuresHeader(FAILURES)).toBe('hub;timeout, a%2C b%3B 100 %25 %C3%89;server');
});

test('X-Source-Failures has the names of the sources', () => {
  expect(failedSources(failuresHeader(FAILURES))).toEqual(['hub', 'a, b; 100 % É']);
  expect(failedSources('cut%C3;server')).toEqual(['cut%C3']);
  expect(failedSources(null)).toEqual([]);
});
