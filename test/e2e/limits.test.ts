import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLUSH, pktLine } from '../../src/repos/git/pkt-line.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

interface XetToken {
  readonly accessToken: string;
}

const REPO = '/api/models/ann/m';
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GIT = { 'content-type': 'application/x-git-upload-pack-request' };

let hub: RunningHub;
let ann: TestUser;
beforeAll(async () => {
  hub = await startHub();
  ann = await createTestUser(hub, 'ann');
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json: { name: 'm' }, headers: ann.headers });
});
afterAll(() => hub?.close());

const send = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const post = (path: string, headers: Record<string, string>, body: string | Buffer): Promise<HttpResponse> =>
  send(path, { method: 'POST', headers, body });
const errorOf = (reply: HttpResponse): unknown => (reply.json() as { error?: unknown }).error;

/** Refused before they are parsed, matched or looked up. The sizes are those that blocked the hub for seconds. */
describe('input beyond the limits is refused', () => {
  it.each<[string, () => Promise<HttpResponse>, number, string]>([
    [
      'JSON that is nested too deeply',
      () => post('/api/validate-yaml', JSON_TYPE, `{"content":${'['.repeat(500_000)}`),
      400,
      'nested too deeply',
    ],
    [
      'JSON in another encoding',
      () =>
        post(
          '/api/validate-yaml',
          { 'content-type': 'application/json; charset=utf-16' },
          Buffer.from('{}', 'utf16le'),
        ),
      415,
      'UTF-8',
    ],
    [
      'a path in paths-info',
      () => post(`${REPO}/paths-info/main`, JSON_TYPE, JSON.stringify({ paths: ['/'.repeat(100_000)] })),
      413,
      'a text of more than 65536 bytes',
    ],
    [
      'the number of fields of a form',
      () => post(`${REPO}/paths-info/main`, FORM, 'k&'.repeat(190_000)),
      413,
      'too large',
    ],
    ['a path in a URL', () => send(`${REPO}/tree/${'a/'.repeat(7000)}`), 400, 'longer than 4096 characters'],
    [
      'lines of a git request',
      () =>
        post(
          '/ann/m.git/git-upload-pack',
          GIT,
          Buffer.concat([...Array.from({ length: 150_000 }, () => pktLine(`have ${'a'.repeat(40)}\n`)), FLUSH]),
        ),
      413,
      'lines',
    ],
  ])('%s', async (_, request, status, error) => {
    const reply = await request();
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).toContain(error);
  });

  it('patterns that take too long to match', async () => {
    const gitAttributes = Array.from({ length: 31 }, (_, n) => `/${'*a'.repeat(1000)}${n} filter=lfs\n`).join('');
    const files = Array.from({ length: 1000 }, () => ({ path: 'a'.repeat(250), size: 1 }));
    const reply = await send(`${REPO}/preupload/main`, {
      method: 'POST',
      headers: ann.headers,
      json: { files, gitAttributes },
    });
    expect([reply.status, errorOf(reply)]).toEqual([400, expect.stringContaining('patterns take too long')]);
  });

  it.each([
    ['a commit', `${REPO}/commit/main`],
    ['a xorb', `/xet/v1/xorbs/default/${'a'.repeat(64)}`],
  ])('a compressed body of %s', async (_, path) => {
    const token = (await send(`${REPO}/xet-write-token/main`, { headers: ann.headers })).json() as XetToken;
    const headers = path.startsWith('/xet') ? { authorization: `Bearer ${token.accessToken}` } : ann.headers;
    const body = gzipSync('{"key":"header","value":{"summary":"x"}}\n');
    const reply = await post(path, { ...headers, 'content-encoding': 'gzip' }, body);
    expect([reply.status, errorOf(reply)]).toEqual([
      415,
      'Content-Encoding gzip is not supported for this request. Send the body uncompressed.',
    ]);
  });

  it('a line of a commit that is nested too deeply', async () => {
    const body = `{"key":"header","value":{"summary":"x"}}\n{"key":${'['.repeat(900_000)}${']'.repeat(900_000)}}`;
    const reply = await send(`${REPO}/commit/main`, { method: 'POST', headers: ann.headers, body });
    expect([reply.status, errorOf(reply)]).toEqual([400, 'Line 2 is not valid JSON']);
  });
});

describe('long input within the limits is answered', () => {
  it('a Range that is not valid is ignored', async () => {
    const range = `bytes=-${' '.repeat(15_500)}x`;
    const { status, headers } = await send('/ann/m/resolve/main/.gitattributes', { headers: { range } });
    expect([status, headers['content-range']]).toEqual([200, undefined]);
  });

  it.each([
    ['values in a list', `a: [${'1,'.repeat(70_000)}1]`, 200],
    ['lines with the same name', 'k: v\n'.repeat(39_000), 400],
    [
      'benchmark results',
      `model-index:\n${'- {name: x, results: [{task: {type: y}, dataset: {type: d, name: d}, metrics: [{type: m, value: 1}]}]}\n'.repeat(2500)}`,
      200,
    ],
    [
      'aliases of aliases',
      Array.from({ length: 90 }, (_, n) => `a${n}: &a${n} [${n ? `*a${n - 1}, *a${n - 1}` : 1}]\n`).join(''),
      400,
    ],
  ])('a card with many %s is validated', async (_, yaml, status) => {
    const content = `---\n${yaml}\n---\n`;
    const reply = await send('/api/validate-yaml', { method: 'POST', json: { content, repoType: 'model' } });
    expect(reply.status).toBe(status);
  });

  it('slashes at the end of a path are ignored', async () => {
    const paths = [`.gitattributes${'/'.repeat(4000)}`];
    const reply = await post(`${REPO}/paths-info/main`, JSON_TYPE, JSON.stringify({ paths }));
    expect(reply.json()).toMatchObject([{ path: '.gitattributes' }]);
  });

  it('a .gitignore pattern that took exponential time is matched', async () => {
    const files = [{ path: `${'a/'.repeat(50)}c`, size: 1 }];
    const gitIgnore = `${'**/a/'.repeat(12)}b`;
    const reply = await send(`${REPO}/preupload/main`, {
      method: 'POST',
      headers: ann.headers,
      json: { files, gitIgnore },
    });
    expect(reply.json()).toMatchObject({ files: [{ shouldIgnore: false }] });
  });

  it('a path of many folders is not found', async () => {
    const { status, headers } = await send(`${REPO}/tree/main/${'a/'.repeat(2000)}`);
    expect([status, headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });
});
