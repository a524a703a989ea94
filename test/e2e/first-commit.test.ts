import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let count = 0;

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
});
afterAll(() => hub.close());

const create = (body: object): Promise<HttpResponse> =>
  sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json: body });
const base64 = (path: string, text: string) => ({
  path,
  encoding: 'base64',
  content: Buffer.from(text).toString('base64'),
});

interface Created {
  readonly files: Readonly<Record<string, string>>;
  readonly info: Readonly<Record<string, unknown>>;
}

/** Creates a repository and reads its files and info. */
async function created(body: { name?: string; type?: string; [field: string]: unknown }): Promise<Created> {
  const name = body.name ?? `first-${(count += 1)}`;
  const response = await create({ ...body, name });
  expect([response.status, response.body.toString()]).toEqual([200, expect.any(String)]);
  const type = `${body.type ?? 'model'}s`;
  const get = (path: string) => sendRequest(hub.url, path);
  const info = (await get(`/api/${type}/alice/${name}`)).json() as { siblings: { rfilename: string }[] };
  const files: Record<string, string> = {};
  for (const { rfilename } of info.siblings)
    files[rfilename] = (
      await get(`/${type}/alice/${name}/raw/main/${encodeURI(rfilename)}`.replace('/models/', '/'))
    ).body.toString();
  return { files, info: { ...info } };
}

describe('the first commit of a repository', () => {
  it('has only .gitattributes by default', async () => {
    for (const type of ['model', 'dataset'])
      expect(Object.keys((await created({ type })).files)).toEqual(['.gitattributes']);
  });

  it('contains a card with the sdk of a space', async () => {
    const { files, info } = await created({ type: 'space', sdk: 'gradio', name: 'my-demo' });
    expect(Object.keys(files)).toEqual(['.gitattributes', 'README.md']);
    expect(info).toMatchObject({
      sdk: 'gradio',
      cardData: { title: 'my-demo', sdk: 'gradio', emoji: expect.any(String), pinned: false },
      tags: ['gradio'],
    });
    expect(files['README.md']).toMatch(/^---\n[^]*\n---\n/);
  });

  it('keeps the name of a space that looks like a number or a boolean', async () => {
    for (const name of ['2024', 'true', '1e5', 'No'])
      expect((await created({ type: 'space', sdk: 'static', name })).info).toMatchObject({ cardData: { title: name } });
  });

  it.each(['model', 'dataset', 'space'])('contains the license of a %s in its card, which lists use', async (type) => {
    const { info } = await created({ type, license: 'apache-2.0', name: `licensed-${type}` });
    expect(info).toMatchObject({ cardData: { license: 'apache-2.0' } });
    expect((info as { tags: string[] }).tags).toContain('license:apache-2.0');
    const listed = await sendRequest(hub.url, `/api/${type}s?author=alice&filter=license:apache-2.0`);
    expect(listed.json()).toMatchObject([{ id: `alice/licensed-${type}` }]);
  });

  it('has the files of the request, which replace the default ones', async () => {
    const card = '---\nlicense: mit\n---\n# Mine\n';
    const { files, info } = await created({
      license: 'apache-2.0',
      files: [
        base64('.gitattributes', '*.html filter=lfs -text'),
        { path: 'README.md', encoding: 'utf-8', content: card },
        base64('dir/ünï.txt', 'text'),
        base64('weights.bin', 'small'),
        base64('weights-2.bin', 'small'),
        base64('empty', ''),
      ],
    });
    expect(files).toEqual({
      '.gitattributes': '*.html filter=lfs -text',
      'README.md': card,
      'dir/ünï.txt': 'text',
      'weights.bin': 'small',
      'weights-2.bin': 'small',
      empty: '',
    });
    expect(info).toMatchObject({ cardData: { license: 'mit' } });
  });

  it.each<[string, object, number, RegExp]>([
    ['an unknown license', { license: 'my-own' }, 400, /^Validation failed.*license/],
    ['a license that is not text', { license: ['mit'] }, 400, /license/],
    ['files that are not a list', { files: 'a' }, 400, /files/],
    ['too many files', { files: Array.from({ length: 101 }, (_, i) => base64(`f${i}`, '')) }, 400, /files/],
    ['an unknown field of a file', { files: [{ ...base64('a', ''), mode: 1 }] }, 400, /mode/],
    ['an unknown encoding', { files: [{ path: 'a', encoding: 'hex', content: '' }] }, 400, /encoding/],
    ['content that is not base64', { files: [{ path: 'a', encoding: 'base64', content: '?' }] }, 400, /"a".*base64/],
    ['a path outside the repository', { files: [base64('../a', '')] }, 400, /"\.\.\/a"/],
    [
      'a file that git would reject',
      { files: [base64('.gitmodules', '[submodule "a"]\nurl = -x\n')] },
      400,
      /gitmodules/,
    ],
    ['a path twice', { files: [base64('a', '1'), base64('a', '2')] }, 400, /"a" .*twice/],
    ['a file and a folder', { files: [base64('a', '1'), base64('a/b', '2')] }, 400, /"a" would be a file and a folder/],
    ['a file for LFS', { files: [base64('a.safetensors', 'x')] }, 400, /"a\.safetensors" .*LFS/],
    [
      'a file for LFS by its own attributes',
      { files: [base64('d/.gitattributes', '*.txt filter=lfs'), base64('d/a.txt', 'x')] },
      400,
      /"d\/a\.txt" .*LFS/,
    ],
  ])('is refused with %s, and nothing is created', async (_case, body, status, message) => {
    const name = `refused-${(count += 1)}`;
    const response = await create({ ...body, name });
    expect([response.status, (response.json() as { error: string }).error]).toEqual([
      status,
      expect.stringMatching(message),
    ]);
    expect((await sendRequest(hub.url, `/api/models/alice/${name}`)).status).toBe(404);
  });
});
