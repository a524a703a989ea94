import { bytes, redirect } from '../support/fake-replies.js';
import { FakeUpstream, requestText, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const COMMIT = 'a'.repeat(40);
const GIT_ID = 'b'.repeat(40);
const SHA256 = 'c'.repeat(64);
const CONTENT = Buffer.from('{"hidden_size": 4}');
const SECRET = 'hf_the-callers-own-token';

const file = bytes(200, CONTENT, { 'x-repo-commit': COMMIT, etag: `"${GIT_ID}"` });

let hub: HubWithSources;
let storage: FakeUpstream;
let repos = 0;
/** A file that is bound to the source already. */
async function boundFile(reply: Responder, revision = 'main'): Promise<string> {
  hub.sources[0]!.reply = reply;
  const path = `/o/r${++repos}/resolve/${revision}/config.json`;
  await hub.sendRequest(path, { method: 'HEAD' });
  hub.sources[0]!.forget();
  return path;
}

beforeAll(async () => {
  storage = await FakeUpstream.start(bytes(200, CONTENT), '127.0.0.2');
  hub = await startHubWithSources([bytes(404, '')], { env: { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' } });
});
afterAll(async () => {
  await hub.close();
  await storage.close();
});

describe('a GET that is redirected', () => {
  it.each(['main', 'refs%2Fpr%2F1', COMMIT, 'v1.0'])(
    "has the file's metadata at revision %s, for clients that never send HEAD",
    async (revision) => {
      const path = await boundFile(file, revision);
      const response = await hub.sendRequest(path, { headers: { range: 'bytes=0-0' } });
      expect(response.status).toBe(302);
      expect(response.headers).toMatchObject({
        location: `${hub.sources[0]!.url}${path}`,
        'x-repo-commit': COMMIT,
        etag: `"${GIT_ID}"`,
        'x-linked-etag': `"${GIT_ID}"`,
        'x-linked-size': `${CONTENT.length}`,
        'cache-control': 'no-store',
      });
    },
  );

  it('has the metadata of a large file, and leads to its storage', async () => {
    const linked = { 'x-repo-commit': COMMIT, 'x-linked-etag': `"${SHA256}"`, 'x-linked-size': '9000000000' };
    const path = await boundFile(redirect(302, `${storage.url}/blob?signature=s`, linked));
    const response = await hub.sendRequest(path);
    expect(response.status).toBe(302);
    expect(response.headers).toMatchObject({
      ...linked,
      etag: `"${SHA256}"`,
      location: `${storage.url}/blob?signature=s`,
    });
  });

  it('is answered with 304 if the client has the file', async () => {
    const path = await boundFile(file);
    const response = await hub.sendRequest(path, { headers: { 'if-none-match': `"${GIT_ID}"` } });
    expect(response.status).toBe(304);
  });

  it('reports a missing file itself', async () => {
    const path = await boundFile(file);
    hub.sources[0]!.reply = bytes(404, '', { 'x-error-code': 'EntryNotFound', 'x-repo-commit': COMMIT });
    const response = await hub.sendRequest(path.replace('config.json', 'missing.json'));
    expect([response.status, response.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });
});

describe('a GET with an Authorization header', () => {
  const asAlice = async (): Promise<Record<string, string>> => {
    const name = `alice-${++repos}`;
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ username: name, password: 'correct horse battery' });
    await hub.sendRequest('/api/auth/register', { method: 'POST', headers: json, body });
    const signIn = await hub.sendRequest('/api/auth/login', { method: 'POST', headers: json, body });
    const cookie = String(signIn.headers['set-cookie']).split(';')[0]!;
    const created = await hub.sendRequest('/api/auth/tokens/create', {
      method: 'POST',
      headers: { ...json, cookie },
      body: JSON.stringify({ name: 'test' }),
    });
    const { token } = JSON.parse(created.body.toString()) as { token: string };
    return { authorization: `Bearer ${token}` };
  };

  it("is never redirected to a source's own origin: the file is streamed, without the caller's token", async () => {
    const headers = await asAlice();
    const path = await boundFile(file);
    const response = await hub.sendRequest(path, { headers });
    expect([response.status, response.headers['location']]).toEqual([200, undefined]);
    expect(response.body.equals(CONTENT)).toBe(true);
    expect(response.headers).toMatchObject({ 'x-repo-commit': COMMIT, etag: `"${GIT_ID}"` });
    const secret = headers['authorization']!.slice('Bearer '.length);
    for (const seen of hub.sources[0]!.requests) expect(requestText(seen)).not.toContain(secret);
  });

  it('is redirected to the storage of a large file', async () => {
    const headers = await asAlice();
    const path = await boundFile(redirect(302, `${storage.url}/blob?signature=s`, { 'x-repo-commit': COMMIT }));
    const response = await hub.sendRequest(path, { headers });
    expect([response.status, response.headers['location']]).toEqual([302, `${storage.url}/blob?signature=s`]);
  });

  it('is refused with an invalid token, which no source sees', async () => {
    const path = await boundFile(file);
    const response = await hub.sendRequest(path, { headers: { authorization: `Bearer ${SECRET}` } });
    expect(response.status).toBe(401);
    for (const seen of hub.sources[0]!.requests) expect(requestText(seen)).not.toContain(SECRET);
  });
});
