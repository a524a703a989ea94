/** @jest-environment node */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HuggingFaceStrategy } from '../../src/fallback/strategies/huggingface/huggingface.strategy.js';
import { KohakuHubStrategy } from '../../src/fallback/strategies/kohakuhub/kohakuhub.strategy.js';
import type { SourceStrategy } from '../../src/fallback/strategies/source-strategy.js';
import type { RunningHub } from '../support/hub-app.js';
import { EnvelopeStrategy } from '../support/envelope-strategy.js';
import { FakeUpstream } from '../support/fake-upstream.js';

// Replaces `strategies.ts`, where a new source type adds one line, by a list with a third strategy.
jest.unstable_mockModule('../../src/fallback/strategies/strategies.js', () => {
  const strategies: SourceStrategy[] = [new HuggingFaceStrategy(), new KohakuHubStrategy(), new EnvelopeStrategy()];
  return {
    STRATEGIES: strategies,
    SOURCE_TYPES: strategies.map(({ type }) => type),
    strategyFor: (type: string) => strategies.find((strategy) => strategy.type === type),
  };
});

const COMMIT = 'c'.repeat(40);
const BYTES = 'Hello';
const LISTING = {
  Code: 200,
  Data: { CommitId: COMMIT, Files: [{ Path: 'a.txt', Type: 'blob', Size: BYTES.length, Id: 'e'.repeat(40) }] },
};
const NOT_FOUND = { Code: 404, Message: 'no such model' };

let source: FakeUpstream;
let hub: RunningHub;

beforeAll(async () => {
  source = await FakeUpstream.start((response, { url, method }) => {
    const { pathname } = new URL(url, 'http://source');
    if (pathname === '/api/v1/models/ns/name/repo') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': BYTES.length });
      return response.end(method === 'HEAD' ? undefined : BYTES);
    }
    const json =
      pathname === '/api/v1/models/ns/name'
        ? { Code: 200, Data: { Downloads: 7 } }
        : pathname === '/api/v1/models/ns/name/repo/files'
          ? LISTING
          : NOT_FOUND;
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(json));
  });
  const { startHub } = await import('../support/hub-app.js');
  const sources = [{ name: 'Envelope', url: source.url, source_type: 'envelope', delivery: 'proxy' }];
  hub = await startHub({
    env: {
      KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(sources),
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    },
  });
});

afterAll(async () => {
  await hub?.close();
  await source?.close();
});

describe('a third source type whose API differs from huggingface.co', () => {
  it('serves repository info', async () => {
    const response = await fetch(`${hub.url}/api/models/ns/name`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: 'ns/name',
      sha: COMMIT,
      downloads: 7,
      siblings: [{ rfilename: 'a.txt' }],
      _source: 'Envelope',
    });
  });

  it('serves file lists', async () => {
    const response = await fetch(`${hub.url}/api/models/ns/name/tree/main`);
    expect(await response.json()).toEqual([{ type: 'file', oid: 'e'.repeat(40), size: 5, path: 'a.txt' }]);
  });

  it('serves a file with the metadata that clients need', async () => {
    const url = `${hub.url}/ns/name/resolve/main/a.txt`;
    for (const method of ['HEAD', 'GET']) {
      const response = await fetch(url, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-repo-commit')).toBe(COMMIT);
      expect(response.headers.get('etag')).toBe(`"${'e'.repeat(40)}"`);
      expect(await response.text()).toBe(method === 'HEAD' ? '' : BYTES);
    }
  });

  it('reports a missing file and a missing repository', async () => {
    const codes = [];
    for (const path of ['ns/name/resolve/main/b.txt', 'ns/other/resolve/main/a.txt']) {
      const response = await fetch(`${hub.url}/${path}`);
      codes.push([response.status, response.headers.get('x-error-code')]);
    }
    expect(codes).toEqual([
      [404, 'EntryNotFound'],
      [404, 'RepoNotFound'],
    ]);
  });
});
