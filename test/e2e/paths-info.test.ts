import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { createTestUser } from '../support/test-users.js';

const FORM = 'application/x-www-form-urlencoded';
const FILE = '.gitattributes';

describe('paths-info', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub();
    const { headers } = await createTestUser(hub, 'ann');
    await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json: { name: 'm' }, headers });
  });
  afterAll(() => hub?.close());

  const pathsInfo = (contentType: string | undefined, body: string | Buffer | undefined): Promise<HttpResponse> => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    return sendRequest(hub.url, '/api/models/ann/m/paths-info/main', { method: 'POST', headers, body });
  };

  it('the size of a folder includes all its files, and copies of a file each time', async () => {
    const { headers } = await createTestUser(hub, 'ann');
    const files = { 'a.txt': 'one', 'sub/b.txt': 'four', 'sub/deep/c.txt': 'four' };
    const lines = Object.entries(files).map(([path, content]) => fileLine(path, content));
    const body = commitBody('change', ...lines);
    const ndjson = { ...headers, 'content-type': 'application/x-ndjson' };
    await sendRequest(hub.url, '/api/models/ann/m/commit/main', { method: 'POST', headers: ndjson, body });
    const sizeOf = async (path: string) => {
      const reply = await sendRequest(hub.url, `/api/models/ann/m/treesize/${path}`);
      return reply.status === 200 ? reply.json() : [reply.status, reply.headers['x-error-code']];
    };
    const { size: all } = (await sizeOf('main')) as { size: number };
    const { size: attributes } = (await sizeOf(`main/${FILE}`)) as { size: number };
    expect([all - attributes, await sizeOf('main/sub'), await sizeOf('refs%2Fheads%2Fmain/sub/deep')]).toEqual([
      11,
      { path: 'sub', size: 8 },
      { path: 'sub/deep', size: 4 },
    ]);
    expect([await sizeOf('main/missing'), await sizeOf('missing/sub')]).toEqual([
      [404, 'EntryNotFound'],
      [404, 'RevisionNotFound'],
    ]);
  });

  it.each([
    [FORM, `paths=${FILE}&paths=missing&expand=False`, [FILE]],
    [FORM, `paths=${FILE}`, [FILE]],
    [`${FORM}; charset=UTF-8`, `expand=True&paths=${FILE}`, [FILE]],
    [FORM, 'expand=False', []],
    ['application/json', `{"paths":["${FILE}"],"expand":false}`, [FILE]],
    ['application/json; charset=utf-8', `{"paths":"${FILE}"}`, [FILE]],
    ['application/json', '{"paths":[]}', []],
  ])('%s %s finds %j', async (contentType, body, found) => {
    const reply = await pathsInfo(contentType, body);
    expect(reply.status).toBe(200);
    expect((reply.json() as { path: string }[]).map(({ path }) => path)).toEqual(found);
  });

  it.each([
    [FORM, `paths=${FILE}&expand=maybe`, '"expand" must be true or false, and must not be repeated.'],
    [FORM, `paths=${FILE}&expand=true&expand=true`, '"expand" must be true or false, and must not be repeated.'],
    ['application/json', `{"paths":["${FILE}"],"expand":"maybe"}`, '"expand" must be true or false'],
    ['application/json', `{"paths":["${FILE}"],"expand":[true]}`, '"expand" must be true or false'],
    ['application/json', '{"paths":["a",1]}', '"paths[1]" must be a string of valid Unicode.'],
  ])('%s %j is refused: %s', async (contentType, body, message) => {
    const reply = await pathsInfo(contentType, body);
    expect([reply.status, reply.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.stringContaining(message) }),
    ]);
  });

  it.each([
    [undefined, undefined, 400],
    [undefined, `paths=${FILE}`, 415],
    ['application/json', undefined, 400],
    ['application/json', '{}', 400],
    [FORM, '', 400],
    ['application/json', '{"path":["a"]}', 400],
    ['text/plain', `paths=${FILE}`, 415],
    ['text/plain', undefined, 400],
    ['application/octet-stream', Buffer.from('{"paths":[]}'), 415],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="paths"\r\n\r\na\r\n--x--\r\n',
      415,
    ],
  ])('%s %j is refused with %s', async (contentType, body, status) => {
    const reply = await pathsInfo(contentType, body);
    expect(reply.status).toBe(status);
    expect((reply.json() as { error: string }).error).toContain(`Send application/json or ${FORM}`);
  });
});
