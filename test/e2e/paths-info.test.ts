import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
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
