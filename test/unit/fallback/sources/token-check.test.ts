import { isDue, type StoredCheck } from '../../../../src/fallback/sources/token-check.js';

const at = (ms: number) => new Date(1_800_000_000_000 + ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const last = (state: StoredCheck['state']): StoredCheck => ({
  fingerprint: 'a',
  state,
  checkedAt: at(0).toISOString(),
  claimedAt: at(0).toISOString(),
});

it.each<[what: string, last: StoredCheck | undefined, fingerprint: string, ms: number, due: boolean]>([
  ['a new token', undefined, 'a', 0, true],
  ['a changed token', last('valid'), 'b', 0, true],
  ['a recent check', last('valid'), 'a', 6 * HOUR - 1, false],
  ['an old check', last('valid'), 'a', 6 * HOUR, true],
  ['a rejected token', last('rejected'), 'a', 5 * MINUTE, false],
  ['a check that failed', last('failed'), 'a', 5 * MINUTE, true],
  ['a check that has just failed', last('failed'), 'a', 5 * MINUTE - 1, false],
  ['a check whose replica has stopped', last(null), 'a', 5 * MINUTE, true],
  ['a check by a replica whose clock is ahead', last('valid'), 'a', -1000, false],
])('%s', (_what, check, fingerprint, ms, due) => {
  expect(isDue(check, { key: 'db:1', fingerprint }, 6 * HOUR, at(ms))).toBe(due);
});
