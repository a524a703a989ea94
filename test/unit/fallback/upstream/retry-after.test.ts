import { MAX_HOLD_SECONDS, retryAfterSeconds } from '../../../../src/fallback/upstream/retry-after.js';

const now = new Date('2026-11-01T00:00:00Z');

const cases: [what: string, headers: Record<string, string>, seconds: number | undefined][] = [
  ['seconds', { 'retry-after': '7' }, 7],
  ['seconds with blanks', { 'retry-after': ' 7 ' }, 7],
  ['zero seconds', { 'retry-after': '0' }, 1],
  ['too long', { 'retry-after': '86400' }, MAX_HOLD_SECONDS],
  ['absurdly long', { 'retry-after': '9'.repeat(400) }, MAX_HOLD_SECONDS],
  ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }, 20],
  ['a past date', { 'retry-after': 'Sat, 31 Oct 2026 00:00:00 GMT' }, 1],
  ['a date in a year', { 'retry-after': 'Mon, 01 Nov 2027 00:00:00 GMT' }, MAX_HOLD_SECONDS],
  ['invalid text', { 'retry-after': 'soon' }, undefined],
  ['an exhausted quota', { ratelimit: '"api";r=0;t=55' }, 55],
  ['an exhausted quota among others', { ratelimit: '"api";r=0;t=55, "resolvers";r=9;t=200' }, 55],
  ['a remaining quota', { ratelimit: '"api";r=499;t=295' }, undefined],
  ['an exhausted quota after a remaining one', { ratelimit: '"api";r=10;t=5, "resolvers";r=0;t=33' }, 33],
  ['both, where Retry-After has precedence', { 'retry-after': '3', ratelimit: '"api";r=0;t=55' }, 3],
  ['neither', {}, undefined],
];

it('retryAfterSeconds reads Retry-After and RateLimit headers', () => {
  const others = { ratelimit: '"api";r=10;t=5, "resolvers";r=0;t=60' };
  expect(retryAfterSeconds(others, now, 'api')).toBe(5);
  expect(retryAfterSeconds(others, now, 'pages')).toBe(60);
  expect(cases.map(([what, headers]) => [what, headers, retryAfterSeconds(headers, now)])).toEqual(cases);
});
