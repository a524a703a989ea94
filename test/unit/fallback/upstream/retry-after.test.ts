import { MAX_HOLD_SECONDS, retryAfterSeconds } from '../../../../src/fallback/upstream/retry-after.js';

const now = new Date('2026-11-01T00:00:00Z');

it.each([
  ['seconds', { 'retry-after': '7' }, 7],
  ['seconds with blanks', { 'retry-after': ' 7 ' }, 7],
  ['no time at all', { 'retry-after': '0' }, 1],
  ['too long', { 'retry-after': '86400' }, MAX_HOLD_SECONDS],
  ['absurdly long', { 'retry-after': '9'.repeat(400) }, MAX_HOLD_SECONDS],
  ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }, 20],
  ['a date that has passed', { 'retry-after': 'Sat, 31 Oct 2026 00:00:00 GMT' }, 1],
  ['a date far away', { 'retry-after': 'Mon, 01 Nov 2027 00:00:00 GMT' }, MAX_HOLD_SECONDS],
  ['no date', { 'retry-after': 'soon' }, undefined],
  ['an exhausted quota', { ratelimit: '"api";r=0;t=55' }, 55],
  ['an exhausted quota among others', { ratelimit: '"api";r=0;t=55, "resolvers";r=9;t=200' }, 55],
  ['a quota with something left', { ratelimit: '"api";r=499;t=295' }, undefined],
  ['an exhausted one behind such', { ratelimit: '"api";r=10;t=5, "resolvers";r=0;t=33' }, 33],
  ['both: the header wins', { 'retry-after': '3', ratelimit: '"api";r=0;t=55' }, 3],
  ['neither', {}, undefined],
])('%s', (_, headers, seconds) => expect(retryAfterSeconds(headers as Record<string, string>, now)).toBe(seconds));
