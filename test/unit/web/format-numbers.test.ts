import {
  formatBytes,
  formatDuration,
  formatMilliseconds,
  formatPercent,
  formatCompact,
} from '../../../web/src/composables/format-numbers.js';

describe('number formats', () => {
  it.each([
    [undefined, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [1_234_567, '1.23 MB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [999_999_999, '1.00 GB'],
    [2e15, '2.00 PB'],
  ])('formatBytes(%p) returns %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0%'],
    [0.0123, '1.2%'],
    [0.0001, '<0.1%'],
    [0.9999, '>99.9%'],
    [1, '100%'],
  ])('formatPercent(%d) returns %s', (share, text) => expect(formatPercent(share)).toBe(text));

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [93_784, '1 d 2 h'],
    [3_600, '1 h'],
  ])('formatDuration(%d) returns %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('formatCompact and formatMilliseconds shorten large values', () => {
    expect([formatCompact(1_234_567), formatMilliseconds(84.4), formatMilliseconds(12_340)]).toEqual([
      '1.2M',
      '84 ms',
      '12.3 s',
    ]);
  });
});
