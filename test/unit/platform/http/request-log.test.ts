import { expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { loggedPath, requestLogFields } from '../../../../src/platform/http/request-log.js';

it.each([
  ['/api/models/a/b?token=x', '/api/models/a/b'],
  ['/lfs/upload/ey.J.x', '/lfs/upload/[hidden]'],
  ['/lfs/upload/ey.J.x/parts/3', '/lfs/upload/[hidden]/parts/3'],
  ['/lfs/verify/ey.J.x', '/lfs/verify/[hidden]'],
  ['/lfs/download/ey.J.x?y', '/lfs/download/[hidden]'],
  ['/invitations/sEcReT', '/invitations/[hidden]'],
  ['/api/invitations/sEcReT/accept', '/api/invitations/[hidden]/accept'],
  ['/xet/xorbs/ey.J.x/3', '/xet/xorbs/[hidden]/3'],
  ['/alice/lfs/upload/x', '/alice/lfs/upload/x'],
])('logs %s as %s', (url, logged) => {
  expect(loggedPath(url)).toBe(logged);
});

it('names the account and the repository', () => {
  const request = {
    headers: {},
    method: 'GET',
    url: '/api/datasets/a/b?x=1',
    caller: { name: 'alice' },
    repo: { type: 'dataset', namespace: 'a', name: 'b' },
    socket: { remoteAddress: '127.0.0.1' },
  } as unknown as IncomingMessage;
  expect(requestLogFields(request)).toMatchObject({ account: 'alice', repo: 'dataset:a/b', path: '/api/datasets/a/b' });
});
