import { failuresHeader } from '../../../src/lists/list-failures.js';

test('X-Source-Failures is one line of ASCII for any source names', () => {
  const failures = [
    { name: 'hub', category: 'timeout' as const },
    { name: 'a, b; 100 %\r\nÉ', category: 'server' as const },
  ];
  expect(failuresHeader(failures)).toBe('hub;timeout, a%2C b%3B 100 %25 %C3%89;server');
});
