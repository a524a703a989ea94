import { expect, it } from '@jest/globals';
import { BLOB_PREFIXES, blobPrefixesOfHour } from '../../../../src/repos/gc/blob-prefixes.js';

const HOUR_MS = 3_600_000;
const monday = Date.UTC(2026, 0, 5);

it('the hours of a week cover each prefix once, one or two per hour', () => {
  const hours = Array.from({ length: 168 }, (_, hour) => blobPrefixesOfHour(new Date(monday + hour * HOUR_MS)));
  expect(hours.flat().sort()).toEqual([...BLOB_PREFIXES].sort());
  expect(new Set(hours.map(({ length }) => length))).toEqual(new Set([1, 2]));
});

it('the prefixes are equal during an hour, and in the next week', () => {
  const prefixes = blobPrefixesOfHour(new Date(monday));
  expect(blobPrefixesOfHour(new Date(monday + HOUR_MS - 1))).toEqual(prefixes);
  expect(blobPrefixesOfHour(new Date(monday + 168 * HOUR_MS))).toEqual(prefixes);
});
