import { sourcesHealth } from '../../../web/src/admin/overview/sources-health.js';

const source = (name: string, changes = {}) => ({ name, enabled: true, breaker: 'closed', token: 'valid', ...changes });

test.each([
  ['no sources', [], 'up', '0 configured'],
  [
    'a disabled source that failed',
    [source('a'), source('b', { enabled: false, breaker: 'open' })],
    'up',
    '2 configured',
  ],
  ['a rejected token', [source('a'), source('b', { token: 'rejected' })], 'degraded', 'Unhealthy: b'],
  [
    'no healthy source that is enabled',
    [source('a', { breaker: 'open' }), source('b', { enabled: false })],
    'down',
    'Unhealthy: a',
  ],
])('the health of %s', (_, sources, status, message) => {
  expect(sourcesHealth(sources)).toEqual({ status, message });
});
