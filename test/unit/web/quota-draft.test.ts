import { describe, expect, it } from '@jest/globals';
import { quotaDraft, quotaValue } from '../../../web/src/admin/accounts/quota-draft.js';

describe('the form of a quota', () => {
  it.each([null, -1, 0, 1, 1000, 10_000_000_000, 1_234_567_891, 2 ** 40])('keeps the quota %p', (value) => {
    expect(quotaValue('bytes', quotaDraft('bytes', value))).toBe(value);
    if (value === null || value < 1e9)
      expect(quotaValue('repositories', quotaDraft('repositories', value))).toBe(value);
  });

  it('shows sizes as people write them', () => {
    expect(quotaDraft('bytes', 10_000_000_000)).toEqual({ mode: 'custom', text: '10 GB' });
    expect(quotaDraft('bytes', 1_234_567_891)).toEqual({ mode: 'custom', text: '1234567891' });
  });

  it.each(['', 'ten', '10 giga', '-1'])('refuses %j', (text) => {
    expect(quotaValue('bytes', { mode: 'custom', text })).toBeUndefined();
    expect(quotaValue('repositories', { mode: 'custom', text })).toBeUndefined();
  });
});
