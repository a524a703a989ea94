import { bypassesProxy } from '../../../../src/fallback/upstream/proxy-bypass.js';

/** Value of NO_PROXY, URL, and whether the proxy is bypassed. Cases marked with * differ from curl 7.88, which has no such syntax. */
const CASES: [string, string, boolean][] = [
  ['*', 'http://example.test/', true],
  ['example.test', 'http://example.test/', true],
  ['example.test', 'http://www.example.test/', true],
  ['example.test', 'http://notexample.test/', false],
  ['example.test', 'http://example.test.evil.test/', false],
  ['.example.test', 'http://www.example.test/', true],
  ['.example.test', 'http://example.test/', true],
  ['EXAMPLE.test', 'http://www.Example.TEST/', true],
  ['example.test.', 'http://example.test/', true],
  ['example.test', 'http://example.test./', true],
  ['a b,example.test', 'http://example.test/', true],
  ['.', 'http://example.test/', false],
  ['127.0.0.1', 'http://127.0.0.1:1/', true],
  ['127.0.0.1', 'http://0177.0.0.1:1/', true],
  ['127.0.0.0/8', 'http://127.8.9.10:1/', true],
  ['127.0.0.0/33', 'http://127.0.0.1:1/', false],
  ['127.0.0.0/x', 'http://127.0.0.1:1/', false],
  ['127.0.0.', 'http://127.0.0.1:1/', false],
  ['0.0.1', 'http://127.0.0.1:1/', false],
  ['10.0.0.0/8', 'http://11.0.0.1/', false],
  ['0.0.0.0/0', 'http://11.0.0.1/', true],
  ['127.0.0.0/8', 'http://localhost:1/', false],
  ['::1', 'http://[::1]:1/', true],
  ['fd00::/8', 'http://[fd12::1]/', true],
  ['fd00::/8', 'http://10.0.0.1/', false],
  // *
  ['foo,*', 'http://example.test/', true],
  ['[::1]', 'http://[::1]:1/', true],
  ['[::1]:8080', 'http://[::1]:8080/', true],
  ['[::1]:8080', 'http://[::1]:8081/', false],
  ['*.example.test', 'http://www.example.test/', true],
  ['*.example.test', 'http://example.test/', false],
  ['example.test:80', 'http://example.test/', true],
  ['example.test:443', 'https://www.example.test/', true],
  ['example.test:8080', 'http://example.test/', false],
  ['127.0.0.0/8:8080', 'http://127.0.0.1:8080/', true],
];

it('bypassesProxy decides as curl does', () => {
  const decided = CASES.map(([list, url]) => [list, url, bypassesProxy(new URL(url), list.split(/[ ,]/))]);
  expect(decided).toEqual(CASES);
});
