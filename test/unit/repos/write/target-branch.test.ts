import { expect, it } from '@jest/globals';
import { targetBranch } from '../../../../src/repos/write/target-branch.js';

it.each([
  ['main', 'main'],
  ['HEAD', 'main'],
  ['refs/heads/main', 'main'],
  ['feature/x', 'feature/x'],
  ['refs/heads/feature/x', 'feature/x'],
  ['abcdef1', 'abcdef1'],
])('targetBranch(%j) returns %s', (revision, branch) => {
  expect(targetBranch(revision)).toBe(branch);
});

it.each([
  ['refs/pr/1', 'NotImplemented'],
  ['a'.repeat(40), 'BadRequest'],
  ['refs/tags/v1', 'BadRequest'],
  ['refs/heads/refs/pr/1', 'BadRequest'],
  ['a\0b', 'BadRequest'],
  ['a..b', 'BadRequest'],
])('targetBranch(%j) throws %s', (revision, code) => {
  expect(() => targetBranch(revision)).toThrow(expect.objectContaining({ code }));
});
