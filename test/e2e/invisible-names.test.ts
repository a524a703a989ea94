import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { RefStore } from '../../src/repos/store/ref.store.js';
import { ask, type Told } from '../support/ask.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { GitStage } from '../support/git-stage.js';

const SPOOFED = '\u202egnp.exe';
const REPO = '/api/models/alice/names';

let stage: GitStage;
let repository: LocalRepo;
let head: string;
beforeAll(async () => {
  stage = await GitStage.start();
  repository = await stage.make('names');
  head = await stage.commit(repository, { 'README.md': '' });
});
afterAll(() => stage.close());

const send = (method: 'POST' | 'DELETE', path: string, json?: unknown): Promise<Told> =>
  ask(stage.hub.url, `${REPO}/${path}`, { method, headers: stage.alice.headers, json });

const commit = (path: string): Promise<Told> => {
  const headers = { ...stage.alice.headers, 'content-type': 'application/x-ndjson' };
  return ask(stage.hub.url, `${REPO}/commit/main`, {
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
    const told = await send('POST', 'preupload/main', { files: [{ path: name, size: 1, sample: '' }] });
    expect(told.status).toBe(400);
  });
});

it.each(['می\u200cخواهم', 'שלום', '👩\u200d💻', 'ünï'])('the name %s is accepted', async (name) => {
  expect((await commit(name)).status).toBe(200);
  expect((await send('POST', `branch/${encodeURIComponent(name)}`, {})).status).toBe(200);
});

it('the error does not contain the characters themselves', async () => {
  expect((await commit(SPOOFED)).json()).toMatchObject({
    error: 'Line 2: "path" The path "\\u202Egnp.exe" contains the invisible character U+202E',
  });
});

it('an existing branch of such a name can be read, committed to and deleted', async () => {
  const refs = stage.hub.app.get(RefStore, { strict: false });
  const ref = { repositoryId: repository.id, name: `refs/heads/${SPOOFED}`, commitOid: head };
  await refs.create(stage.hub.app.get(DataSource).manager, ref);
  const encoded = encodeURIComponent(SPOOFED);
  expect((await ask(stage.hub.url, `${REPO}/revision/${encoded}`)).status).toBe(200);
  const headers = { ...stage.alice.headers, 'content-type': 'application/x-ndjson' };
  const body = commitBody('x', fileLine('new.txt', 'x'));
  const told = await ask(stage.hub.url, `${REPO}/commit/${encoded}`, { method: 'POST', headers, body });
  expect(told.status).toBe(200);
  expect((await send('DELETE', `branch/${encoded}`)).status).toBe(200);
});
