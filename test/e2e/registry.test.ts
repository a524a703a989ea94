import { createHash } from 'node:crypto';
import { commitBody, fileLine } from '../support/commit-body.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import {
  DOCKER_MANIFEST,
  llamaManifest,
  llamaPull,
  OLLAMA,
  ollamaPull,
  type Manifest,
} from '../support/gguf-clients.js';
import { ggufFile } from '../support/gguf-file.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** ChatML. */
const CHAT_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}";
const model = (name: string): Buffer =>
  ggufFile({
    'general.architecture': 'llama',
    'general.name': name,
    'llama.context_length': 2048,
    'tokenizer.chat_template': CHAT_TEMPLATE,
  });
const Q4 = model('q4');
const Q8 = model('q8');
const Q2 = model('q2');
const PROJECTOR = model('projector');
const digest = (content: Buffer | string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

let source: FakeHuggingFace;
let hub: RunningHub;
let alice: TestUser;
let mallory: TestUser;

/** Creates a local repository. Its `.gitattributes` make `*.gguf` large files. */
async function createRepo(name: string, files: Readonly<Record<string, Buffer>>, isPrivate = false): Promise<void> {
  const { headers } = alice;
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers, json: { name, private: isPrivate } });
  const body = commitBody('files', ...Object.entries(files).map(([path, content]) => fileLine(path, content)));
  const type = { 'content-type': 'application/x-ndjson' };
  const path = `/api/models/alice/${name}/commit/main`;
  const { status } = await sendRequest(hub.url, path, { method: 'POST', headers: { ...headers, ...type }, body });
  expect(status).toBe(200);
}

const get = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const ollama = (headers: Readonly<Record<string, string>> = {}): RequestOptions => ({
  headers: { accept: DOCKER_MANIFEST, 'user-agent': OLLAMA, ...headers },
});
const errorOf = (response: HttpResponse): unknown => [
  response.status,
  (response.json() as { errors?: [{ code: string }] }).errors?.[0].code,
];

beforeAll(async () => {
  source = await FakeHuggingFace.start({
    host: '127.0.0.2',
    cdnHost: '127.0.0.3',
    repos: [
      {
        id: 'org/model-GGUF',
        files: {
          'README.md': '# Model',
          'model-Q8_0.gguf': { lfs: Q8 },
          'model-Q4_K_M.gguf': { lfs: Q4 },
          'mmproj-F16.gguf': { lfs: PROJECTOR },
          'in-git-Q2_K.gguf': Q2,
          params: '{"stop":["<|end|>"]}',
        },
        info: { gguf: { total: 32, architecture: 'llama', chat_template: CHAT_TEMPLATE } },
      },
      { id: 'org/plain', files: { 'config.json': '{}' } },
      { id: 'org/gated-GGUF', gated: 'manual', files: { 'model-Q4_K_M.gguf': { lfs: Q4 } } },
    ],
  });
  const sources = [{ name: 'hf', url: source.url, source_type: 'huggingface', priority: 1 }];
  hub = await startHub({
    env: {
      KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(sources),
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    },
  });
  alice = await createTestUser(hub, 'alice');
  mallory = await createTestUser(hub, 'mallory');
  await createRepo('model', {
    'model-Q8_0.gguf': Q8,
    'model-Q4_K_M.gguf': Q4,
    'mmproj-model-F16.gguf': PROJECTOR,
    params: Buffer.from('{"stop":["<|end|>"]}'),
  });
  await createRepo('split', {
    'Q2_K/big-Q2_K-00002-of-00002.gguf': Q8,
    'Q2_K/big-Q2_K-00001-of-00002.gguf': Q4,
    'big.IQ4_XS.gguf': PROJECTOR,
  });
  await createRepo('secret', { 'secret-Q4_K_M.gguf': Q4 }, true);
  await createRepo('weights', { 'model.safetensors': Buffer.from('weights') });
});
afterAll(async () => {
  await hub.close();
  await source.close();
});
beforeEach(() => source.forget());

describe('ollama pull', () => {
  it.each(['alice/model', 'org/model-GGUF'])(
    'downloads a model of %s with its projector and settings',
    async (repo) => {
      const contents = await ollamaPull(hub.url, repo, 'q4_k_m');
      expect(contents.get('application/vnd.ollama.image.model')).toEqual(Q4);
      expect(contents.get('application/vnd.ollama.image.projector')).toEqual(PROJECTOR);
      expect(JSON.parse(String(contents.get('application/vnd.ollama.image.params')))).toEqual({ stop: ['<|end|>'] });
      expect(String(contents.get('application/vnd.ollama.image.template'))).toMatch(/<\|im_start\|>/);
      expect(JSON.parse(String(contents.get('application/vnd.docker.container.image.v1+json')))).toMatchObject({
        model_format: 'gguf',
        model_family: 'llama',
        model_type: '32',
        file_type: 'Q4_K_M',
        rootfs: { type: 'layers' },
      });
    },
  );

  it('converts the template in the header of the model, and its parameters', async () => {
    const contents = await ollamaPull(hub.url, 'alice/split', 'IQ4_XS');
    expect(JSON.parse(String(contents.get('application/vnd.ollama.image.params')))).toMatchObject({
      stop: expect.arrayContaining(['<|im_end|>']) as string[],
    });
  });

  it('leaves out a template that exhausts its process, and the hub continues', async () => {
    const template = `{% for i in range(1000000000) %}{% for j in range(1000000000) %}x{% endfor %}{% endfor %}`;
    const content = ggufFile({ 'general.architecture': 'llama', 'tokenizer.chat_template': template });
    await createRepo('endless', { 'endless-Q4_K_M.gguf': content });
    const contents = await ollamaPull(hub.url, 'alice/endless', 'latest');
    expect([...contents.keys()]).not.toContain('application/vnd.ollama.image.template');
  });

  it('downloads a small model that a source stores in git', async () => {
    const contents = await ollamaPull(hub.url, 'org/model-GGUF', 'Q2_K');
    expect(contents.get('application/vnd.ollama.image.model')).toEqual(Q2);
  });

  it('explains that Ollama cannot load a split model', async () => {
    expect(errorOf(await get('/v2/alice/split/manifests/Q2_K', ollama()))).toEqual([501, 'UNSUPPORTED']);
  });

  it('does not see a private repository, nor whether it exists', async () => {
    const [secret, missing] = await Promise.all(
      ['secret', 'missing'].map((name) => get(`/v2/alice/${name}/manifests/latest`, ollama())),
    );
    expect(errorOf(secret!)).toEqual([401, 'UNAUTHORIZED']);
    expect(secret!.body.toString()).toBe(missing!.body.toString());
    await expect(ollamaPull(hub.url, 'alice/secret', 'latest')).rejects.toThrow('404');
  });
});

describe('llama.cpp and node-llama-cpp', () => {
  it.each([
    ['alice/model', 'latest', Q4],
    ['alice/model', 'Q8_0', Q8],
    ['alice/model', 'model-q8_0.gguf', Q8],
    ['alice/split', 'latest', PROJECTOR],
    ['alice/split', 'q2_k', Q4],
    ['org/model-GGUF', 'latest', Q4],
    ['org/model-GGUF', 'q8_0', Q8],
  ])('download %s:%s', async (repo, tag, content) => {
    for (const agent of ['llama-cpp', 'llama-cpp/b6840'])
      expect(await llamaPull(hub.url, repo, tag, { headers: { 'user-agent': agent } })).toEqual(content);
  });

  it('get the entries of the files, and the first part of a split model', async () => {
    expect(await llamaManifest(hub.url, 'alice/model', 'latest')).toMatchObject({
      ggufFile: {
        rfilename: 'model-Q4_K_M.gguf',
        size: Q4.length,
        lfs: { sha256: digest(Q4).slice(7), size: Q4.length, pointerSize: expect.any(Number) as number },
      },
      mmprojFile: { rfilename: 'mmproj-model-F16.gguf' },
    });
    expect(await llamaManifest(hub.url, 'alice/split', 'Q2_K')).toMatchObject({
      ggufFile: { rfilename: 'Q2_K/big-Q2_K-00001-of-00002.gguf' },
    });
  });

  it('read a private repository with its token', async () => {
    expect(await llamaPull(hub.url, 'alice/secret', 'latest', { headers: alice.headers })).toEqual(Q4);
    await expect(llamaPull(hub.url, 'alice/secret', 'latest', { headers: mallory.headers })).rejects.toThrow('404');
    await expect(llamaPull(hub.url, 'alice/secret', 'latest')).rejects.toThrow('401');
  });
});

describe('registry clients', () => {
  const manifestPath = '/v2/alice/model/manifests/Q4_K_M';

  it('get a manifest whose digest does not change, by tag and by digest', async () => {
    for (const accept of [DOCKER_MANIFEST, OCI_MANIFEST]) {
      const byTag = await get(manifestPath, { headers: { accept } });
      const found = String(byTag.headers['docker-content-digest']);
      expect(byTag.headers).toMatchObject({
        'content-type': accept,
        'docker-distribution-api-version': 'registry/2.0',
        vary: 'Authorization, Cookie, Host, Accept, User-Agent',
      });
      expect(found).toBe(digest(byTag.body));
      const byDigest = await get(`/v2/alice/model/manifests/${found}`, { headers: { accept } });
      expect([byDigest.status, byDigest.body.toString()]).toEqual([200, byTag.body.toString()]);
      const head = await get(manifestPath, { method: 'HEAD', headers: { accept } });
      expect([head.status, head.headers['content-length'], head.headers['docker-content-digest']]).toEqual([
        200,
        String(byTag.body.length),
        found,
      ]);
      expect((await get(manifestPath, { headers: { accept, 'if-none-match': `"${found}"` } })).status).toBe(304);
    }
  });

  it('get file names with OCI manifests, so that oras can store the files', async () => {
    const { layers } = (await get(manifestPath, { headers: { accept: OCI_MANIFEST } })).json() as Manifest;
    expect(layers[0]).toMatchObject({
      digest: digest(Q4),
      size: Q4.length,
      annotations: { 'org.opencontainers.image.title': 'model-Q4_K_M.gguf' },
    });
  });

  it.each(['GET', 'HEAD'] as const)('are redirected to the file with 307 (%s)', async (method) => {
    const response = await get(`/v2/alice/model/blobs/${digest(Q4)}`, { method });
    expect(response.status).toBe(307);
    expect(response.headers['location']).toMatch(
      new RegExp(`^${hub.url}/alice/model/resolve/[0-9a-f]{40}/model-Q4_K_M\\.gguf$`),
    );
  });

  it('list the tags', async () => {
    expect((await get('/v2/alice/split/tags/list')).json()).toEqual({
      name: 'alice/split',
      tags: ['Q2_K', 'IQ4_XS', 'latest'],
    });
  });

  it('sign in with an access token as the password', async () => {
    const first = await get('/v2/');
    expect(errorOf(first)).toEqual([401, 'UNAUTHORIZED']);
    expect(first.headers['www-authenticate']).toBe(
      `Bearer realm="${hub.url}/v2/token",service="${new URL(hub.url).host}"`,
    );
    const basic = (password: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`alice:${password}`).toString('base64')}` },
    });
    const granted = await get('/v2/token?service=x&scope=repository:alice/secret:pull', basic(alice.token));
    const { token } = granted.json() as { token: string };
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    expect((await get('/v2/', bearer)).status).toBe(200);
    expect((await get('/v2/alice/secret/manifests/latest', bearer)).status).toBe(200);
    expect(errorOf(await get('/v2/token', basic('hf_wrong')))).toEqual([401, 'UNAUTHORIZED']);
    expect(errorOf(await get('/v2/token', basic('the password of alice')))).toEqual([401, 'UNAUTHORIZED']);
    const { token: anonymous } = (await get('/v2/token')).json() as { token: string };
    const asAnonymous = { headers: { authorization: `Bearer ${anonymous}` } };
    expect((await get('/v2/', asAnonymous)).status).toBe(200);
    expect(errorOf(await get('/v2/alice/secret/manifests/latest', asAnonymous))).toEqual([404, 'NAME_UNKNOWN']);
  });

  it.each([
    ['a tag that no file has', 'GET', '/v2/alice/model/manifests/Q9', [404, 'MANIFEST_UNKNOWN']],
    ['a repository without GGUF', 'GET', '/v2/alice/weights/manifests/latest', [404, 'MANIFEST_UNKNOWN']],
    ['an external one without GGUF', 'GET', '/v2/org/plain/manifests/latest', [404, 'MANIFEST_UNKNOWN']],
    ['unknown content', 'GET', `/v2/alice/model/blobs/sha256:${'0'.repeat(64)}`, [404, 'BLOB_UNKNOWN']],
    ['something that is not a digest', 'GET', '/v2/alice/model/blobs/latest', [400, 'DIGEST_INVALID']],
    ['a push', 'POST', '/v2/alice/model/blobs/uploads/', [501, 'UNSUPPORTED']],
    ['the catalog', 'GET', '/v2/_catalog', [404, 'UNSUPPORTED']],
  ] as const)('get an error in their format for %s', async (_what, method, path, expected) => {
    expect(errorOf(await get(path, { method, headers: alice.headers }))).toEqual(expected);
  });
});

describe('external repositories', () => {
  it('name their source, and never receive credentials of this hub', async () => {
    const response = await get('/v2/org/model-GGUF/manifests/latest', ollama(alice.headers));
    expect([response.status, response.headers['x-source']]).toEqual([200, 'hf']);
    await llamaPull(hub.url, 'org/model-GGUF', 'latest', { headers: alice.headers });
    for (const { headers, url } of source.requests) {
      expect(headers.authorization).toBeUndefined();
      expect(url).not.toContain(alice.token);
    }
  });

  it('are not looked up with fallback=false, and pass on that a source limits requests', async () => {
    const path = '/v2/org/model-GGUF/manifests/latest';
    expect((await get(`${path}?fallback=false`, ollama(alice.headers))).status).toBe(404);
    expect(errorOf(await get('/v2/org/gated-GGUF/manifests/latest', ollama(alice.headers)))).toEqual([200, undefined]);
    source.exhausted = true;
    const limited = await get('/v2/org/other-GGUF/manifests/latest', ollama(alice.headers));
    source.exhausted = false;
    expect(errorOf(limited)).toEqual([429, 'TOOMANYREQUESTS']);
    expect(limited.headers['retry-after']).toMatch(/^\d+$/);
  });
});
