import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { RefStore } from '../../src/repos/store/ref.store.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { GitFixture } from '../support/git-fixture.js';

const SPOOFED = '\u202egnp.exe';
const REPO = '/api/models/alice/names';
const LFS_BATCH = '/alice/names.git/info/lfs/objects/batch';

let fixture: GitFixture;
let repository: LocalRepo;
let head: string;
beforeAll(async () => {
  fixture = await GitFixture.start();
  repository = await fixture.createRepo('names');
  head = await fixture.commit(repository, { 'README.md': '' });
});
afterAll(() => fixture.close());

const send = (method: 'POST' | 'DELETE', path: string, json?: unknown): Promise<HttpResponse> =>
  sendRequest(fixture.hub.url, `${REPO}/${path}`, { method, headers: fixture.alice.headers, json });

const commit = (path: string): Promise<HttpResponse> => {
  const headers = { ...fixture.alice.headers, 'content-type': 'application/x-ndjson' };
  return sendRequest(fixture.hub.url, `${REPO}/commit/main`, {
    method: 'POST',
    headers,
    body: commitBody('x', fileLine(path, '')),
  });
};

describe.each([
  [SPOOFED, 'U+202E'],
  ['a\u2066b\u2069', 'U+2066'],
  ['ma\u200bin', 'U+200B'],
  ['ma\u200din', 'U+200D'],
  ['main\u3164', 'U+3164'],
])('the name %j', (name, character) => {
  const refusal = { status: 400, headers: { 'x-error-message': expect.stringContaining(character) } };
  const encoded = encodeURIComponent(name);

  it.each([
    ['file', () => commit(name)],
    ['folder', () => commit(`${name}/x`)],
    ['branch', () => send('POST', `branch/${encoded}`, {})],
    ['empty branch', () => send('POST', `branch/${encoded}`, { emptyBranch: true })],
    ['tag', () => send('POST', 'tag/main', { tag: name })],
  ])('is refused for a new %s', async (_kind, request) => {
    expect(await request()).toMatchObject(refusal);
  });

  it('is refused before an upload', async () => {
    const response = await send('POST', 'preupload/main', { files: [{ path: name, size: 1, sample: '' }] });
    expect(response.status).toBe(422);
  });
});

it.each(['می\u200cخواهم', 'שלום', '👩\u200d💻', 'ünï'])('the name %s is accepted', async (name) => {
  expect((await commit(name)).status).toBe(200);
  expect((await send('POST', `branch/${encodeURIComponent(name)}`, {})).status).toBe(200);
});

it('the error does not contain the characters themselves', async () => {
  expect((await commit(SPOOFED)).json()).toMatchObject({
    error: 'Line 2: the path "\\u202Egnp.exe" contains the invisible character U+202E',
  });
});

it.each([
  ['a revision', () => send('DELETE', `branch/${encodeURIComponent(SPOOFED)}`)],
  ['a repository', () => sendRequest(fixture.hub.url, `/api/models/alice/${encodeURIComponent(SPOOFED)}`)],
  ['a parameter', () => sendRequest(fixture.hub.url, `/api/models?${encodeURIComponent(SPOOFED)}=1`)],
  ['a field', () => send('POST', 'tag/main', { tag: 'v1', [SPOOFED]: 1 })],
  ['an LFS field', () => sendRequest(fixture.hub.url, LFS_BATCH, { method: 'POST', json: { [SPOOFED]: 1 } })],
])('an error about %s of such a name shows it escaped', async (_kind, request) => {
  const response = await request();
  const text = response.body.toString();
  expect(text).toContain(String.raw`\\u202Egnp.exe`);
  expect(text).not.toContain(SPOOFED);
  expect(response.headers['x-error-message']).toContain(String.raw`\u202Egnp.exe`);
});

it('an existing branch of such a name can be read, committed to and deleted', async () => {
  const refs = fixture.hub.app.get(RefStore, { strict: false });
  const ref = { repositoryId: repository.id, name: `refs/heads/${SPOOFED}`, commitOid: head };
  await refs.create(fixture.hub.app.get(DataSource).manager, ref);
  const encoded = encodeURIComponent(SPOOFED);
  expect((await sendRequest(fixture.hub.url, `${REPO}/revision/${encoded}`)).status).toBe(200);
  const headers = { ...fixture.alice.headers, 'content-type': 'application/x-ndjson' };
  const body = commitBody('x', fileLine('new.txt', 'x'));
  const response = await sendRequest(fixture.hub.url, `${REPO}/commit/${encoded}`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  expect((await send('DELETE', `branch/${encoded}`)).status).toBe(200);
});
