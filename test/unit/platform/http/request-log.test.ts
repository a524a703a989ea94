import { expect, it } from '@jest/globals';
import { loggedPath } from '../../../../src/platform/http/request-log.js';

it.each([
  ['/api/models/a/b?token=x', '/api/models/a/b'],
  ['/lfs/upload/ey.J.x', '/lfs/upload/[hidden]'],
  ['/lfs/upload/ey.J.x/parts/3', '/lfs/upload/[hidden]/parts/3'],
  ['/lfs/verify/ey.J.x', '/lfs/verify/[hidden]'],
  ['/lfs/download/ey.J.x?y', '/lfs/download/[hidden]'],
  ['/alice/lfs/upload/x', '/alice/lfs/upload/x'],
])('logs %s as %s', (url, logged) => {
  expect(loggedPath(url)).toBe(logged);
});
