import { DataSource } from 'typeorm';
import { FallbackSourcesService } from '../../src/fallback/sources/fallback-sources.service.js';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { json } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { scrape } from '../support/scrape.js';
import { sendRequest } from '../support/send-request.js';

const TOKEN = 'hf_TheTokenOfThePrivateHub';
const KEYS = { KOHAKU_HUB_SECRET_KEY: 'the-new-key-0123456789,the-old-key-0123456789' };
/** Encrypted with a key that the hub does not have. */
const SEALED_ELSEWHERE = 'v1:00000000:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAA';

/** Serves private repositories to the token only. */
const privateHub: Responder = (response, request) =>
  request.headers.authorization === `Bearer ${TOKEN}`
    ? json(200, { id: 'acme/secret', sha: 'a'.repeat(40) })(response, request)
    : json(401, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' })(response, request);
const lookAlike = json(200, { id: 'acme/secret', sha: 'b'.repeat(40) });

describe('a source whose credentials cannot be decrypted', () => {
  let hub: RunningHub;
  let admin: AdminClient;
  let sources: [FakeUpstream, FakeUpstream];

  beforeAll(async () => {
    sources = [await FakeUpstream.start(privateHub), await FakeUpstream.start(lookAlike)];
    hub = await startHub({ env: KEYS });
    admin = adminClient(hub);
  });
  afterAll(async () => {
    await hub.close();
    for (const source of sources) await source.close();
  });
  afterEach(async () => {
    await admin('PUT', '/fallback/sources-bulk-replace', { sources: [] });
    for (const { requests } of sources) requests.length = 0;
  });

  const addSources = async (facts: object): Promise<void> => {
    const priv = { name: 'internal', url: sources[0].url, source_type: 'huggingface', priority: 1, ...facts };
    const open = { name: 'open', url: sources[1].url, source_type: 'huggingface', priority: 2 };
    for (const source of [priv, open]) expect((await admin('POST', '/fallback-sources', source)).status).toBe(201);
    await hub.app.get(DataSource).query(
      `UPDATE fallback_sources SET token_cipher = CASE WHEN token_cipher IS NULL THEN NULL ELSE $1 END,
         headers_cipher = CASE WHEN headers_cipher IS NULL THEN NULL ELSE $1 END`,
      [SEALED_ELSEWHERE],
    );
    await hub.app.get(FallbackSourcesService).refresh();
  };
  const requests = (): number[] => sources.map((source) => source.requests.length);
  const get = (path: string) => sendRequest(hub.url, path);

  it.each([
    ['on_error: fail', { token: TOKEN, on_error: 'fail' }],
    ['a namespace', { token: TOKEN, namespace: 'acme' }],
    ['include patterns', { token: TOKEN, include: ['acme/*'] }],
    ['unreadable headers only', { headers: { 'x-team': 'research' }, on_error: 'fail' }],
  ])('is not asked, and stops the chain with %s', async (_, facts) => {
    await addSources(facts);
    for (const path of [
      '/api/models/acme/secret',
      '/acme/secret/resolve/main/config.json',
      '/api/models/acme/secret/refs',
    ])
      expect(await get(path)).toMatchObject({
        status: 502,
        headers: { 'x-error-message': expect.stringContaining('Source "internal" is not used') as string },
      });
    expect(requests()).toEqual([0, 0]);
    expect((await get('/api/models/someone/else')).status).toBe('on_error' in facts ? 502 : 200);
  });

  it('is passed over with on_error: next if it is for all names', async () => {
    await addSources({ token: TOKEN });
    expect((await get('/api/models/acme/secret')).headers['x-source']).toBe('open');
    expect(requests()[0]).toBe(0);
  });

  it('is a fault in health, metrics, connection tests and dry runs, none of which asks it', async () => {
    await addSources({ token: TOKEN, on_error: 'fail' });
    await get('/api/models/acme/secret');
    const { body: health } = await admin('GET', '/fallback-sources/health');
    expect(health).toMatchObject([{ name: 'internal', token: 'unreadable', failures: 1 }, { name: 'open' }]);
    const [{ id }] = health as [{ id: number }];
    const { body: test } = await admin('POST', `/fallback-sources/${id}/test`);
    expect(test).toMatchObject({
      ok: false,
      token: 'unreadable',
      detail: expect.stringContaining('KOHAKU_HUB_SECRET_KEY') as string,
    });
    const draft = { name: 'internal', url: sources[0].url, source_type: 'huggingface' };
    expect((await admin('POST', '/fallback-sources/test', draft)).body).toMatchObject({
      ok: false,
      token: 'unreadable',
    });
    const dryRun = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'secret' };
    const attempts = [{ source: 'internal', category: 'credentials-unreadable' }];
    expect((await admin('POST', '/fallback/test/simulate', dryRun)).body).toMatchObject({
      attempts,
      final: { status: 502 },
    });
    const drafts = { ...dryRun, sources: [{ ...draft, on_error: 'fail' }] };
    expect((await admin('POST', '/fallback/test/simulate', drafts)).body).toMatchObject({
      attempts,
      final: { status: 502 },
    });
    const metrics = await scrape(hub.url);
    expect(metrics.value('hubfall_source_credentials_unreadable', { source: 'internal' })).toBe(1);
    expect(metrics.value('hubfall_source_credentials_unreadable', { source: 'open' })).toBe(0);
    expect(requests()).toEqual([0, 0]);
    expect((await admin('GET', '/secret-keys')).body).toMatchObject({
      unreadable: [{ id, name: 'internal', fields: ['token'] }],
      is_rotated: false,
    });
  });

  it('is used again when the credentials are entered again, and survives a rotation', async () => {
    await addSources({ token: TOKEN, on_error: 'fail' });
    const { body } = await admin('GET', '/fallback-sources');
    const [{ id }] = body as [{ id: number }];
    await admin('PUT', `/fallback-sources/${id}`, { token: TOKEN });
    expect((await get('/api/models/acme/secret')).headers['x-source']).toBe('internal');
    const { body: rotated, status } = await admin('POST', '/secret-keys/rotate');
    expect([status, rotated]).toEqual([200, expect.objectContaining({ unreadable: [], is_rotated: true })]);
    expect((await get('/api/models/acme/secret')).json()).toMatchObject({ sha: 'a'.repeat(40) });
    // The served requests may have been about something public, so only the connection test knows that the token is valid.
    expect((await admin('GET', '/fallback-sources/health')).body).toMatchObject([
      { token: 'unknown', requests: 2 },
      {},
    ]);
    expect((await admin('POST', `/fallback-sources/${id}/test`)).body).toMatchObject({ ok: true, token: 'valid' });
  });
});
