import { headerLimits } from '../../../../src/repos/facts/header-limits.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

describe('the memory of a process that reads a header', () => {
  it.each([
    ['a quarter of the container', GIB, 16 * GIB, 256],
    ['a quarter of the machine if the container has no limit', 0, 1.5 * GIB, 384],
    ['a quarter of the machine if the limit is far above it', 2 ** 60, GIB, 256],
    ['at most 512 MiB', 0, 64 * GIB, 512],
    ['at least 192 MiB', GIB / 4, 16 * GIB, 192],
  ])('is %s', (_case, constrained, total, mib) =>
    expect(headerLimits(constrained, total)).toEqual({ heapBytes: (mib / 2) * MIB, totalBytes: mib * MIB }),
  );
});
