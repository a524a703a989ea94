import { describe, expect, it } from '@jest/globals';
import { spaceProblemOf, type SpaceFacts } from '../../../../src/repos/prefetch/prefetch-forecast.service.js';

const FACTS: SpaceFacts = { limit: 1000, used: 0, bytes: 500, missing: 500, pinned: 0, available: 10_000 };

describe('the files of a job', () => {
  it.each<[string, Partial<SpaceFacts>, RegExp | undefined]>([
    ['fit into an empty cache', {}, undefined],
    ['fit after other files were removed', { used: 1000 }, undefined],
    ['do not fit if they are larger than the cache', { bytes: 1001 }, /^The files do not fit into the cache\. Select/],
    ['do not fit next to pinned files', { used: 800, pinned: 501 }, /because 501 B of other files are pinned/],
    ['fit next to pinned files', { used: 800, pinned: 500 }, undefined],
    ['do not fit on a full disk', { available: 499 }, /^The disk of the hub has space for 499 B only/],
    ['fit on a full disk if other files are removed for them', { used: 1000, available: 0 }, undefined],
    ['fit on a full disk if they are cached already', { missing: 0, available: 0 }, undefined],
  ])('%s', (_, facts, problem) => {
    const found = spaceProblemOf({ ...FACTS, ...facts });
    if (problem) expect(found).toMatch(problem);
    else expect(found).toBeUndefined();
  });
});
