import { expect, test } from '@jest/globals';
import { localPath } from '../../../web/src/api/local-path.js';

test.each([
  ['/..//host/x', '/host/x'],
  ['/.//host/x', '/host/x'],
  ['/a/..//\\host/x?b#c', '/host/x?b#c'],
  ['https://hub.example///host', '/host'],
  ['/datasets/o/r?a=//b#//c', '/datasets/o/r?a=//b#//c'],
  ['/o/r/resolve/main/a//b', '/o/r/resolve/main/a//b'],
])('localPath of a link to %s is %s', (href, expected) => {
  expect(localPath(new URL(href, 'https://hub.example'))).toBe(expected);
});
