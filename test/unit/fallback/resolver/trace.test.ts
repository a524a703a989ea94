import type { Attempt } from '../../../../src/domain/attempt.js';
import { traceOf } from '../../../../src/fallback/resolver/trace.js';
import { buildSource } from '../../../support/build-source.js';

it('traceOf encodes the attempts without headers and messages', () => {
  const base = { method: 'HEAD', path: '/a/b', repoDenied: true };
  const attempts: Attempt[] = [
    {
      ...base,
      source: buildSource({ name: 'Müller 枢' }),
      verdict: 'next',
      category: 'not-found',
      ms: 12,
      outcome: { kind: 'reply', status: 404, headers: { 'set-cookie': 'secret' }, message: 'secret' },
    },
    {
      ...base,
      source: buildSource({ name: 'B' }),
      verdict: 'next',
      category: 'timeout',
      ms: 10_000,
      outcome: { kind: 'failure', category: 'timeout', message: 'no response' },
    },
  ];
  const header = traceOf(attempts)['x-fallback-trace'];
  expect(header).toMatch(/^[\w+/=]+$/);
  const common = { method: 'HEAD', path: '/a/b', decision: 'next' };
  expect(JSON.parse(Buffer.from(header, 'base64').toString())).toEqual([
    { ...common, source: 'Müller 枢', status: 404, category: 'not-found', ms: 12 },
    { ...common, source: 'B', status: null, category: 'timeout', ms: 10_000 },
  ]);
});
