import { defaultBodyBytes } from '../../../../src/platform/config/client-limits.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

it.each<[string, number, number, number]>([
  ['a container of 1 GiB', GIB, 64 * GIB, 128 * MIB],
  ['a very small container', 128 * MIB, 64 * GIB, 32 * MIB],
  ['a machine without containers', 0, 2 * GIB, 256 * MIB],
  ['a container without a limit', 18446744073709552000, 64 * GIB, 512 * MIB],
])('the memory for bodies fits %s', (_, constrained, total, expected) => {
  expect(defaultBodyBytes(constrained, total)).toBe(expected);
});
