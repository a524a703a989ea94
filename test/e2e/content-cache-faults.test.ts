import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { UpstreamClient } from '../../src/fallback/upstream/upstream-client.js';
import { eventually } from '../support/eventually.js';
import type { RecordedRequest, Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { ageKeptAnswers } from '../support/kept-answers.js';
import type { RequestOptions } from '../support/send-request.js';

// Every fault of a source, for each read operation and for files that are cached, cached in part, or not cached. Nothing wrong is ever served.
const MIB = 1024 * 1024;
const COMMIT = 'a'.repeat(40);
const BASE = randomBytes(8 * MIB + 1000); // two blocks

const STATES = ['held', 'half', 'none'] as const;
type State = (typeof STATES)[number];

const FAULTS: Readonly<Record<string, (response: ServerResponse, repo: string, request: RecordedRequest) => unknown>> =
  {
    reset: (response) => response.destroy(),
    hang: () => undefined,
    500: (response) => response.writeHead(500).end('broken'),
    503: (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
    429: (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
    HTML: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    truncation: (response, repo, request) => send(response, repo, request, { truncated: true }),
    'wrong bytes': (response, repo, request) => send(response, repo, request, { wrong: true }),
  };
const NAMES = [...Object.keys(FAULTS), 'refused connections'];

/** The content of the file of a repository. */
function contentOf(repo: string): Buffer {
  const content = Buffer.from(BASE);
  content.write(repo);
  return content;
}

interface Damage {
  readonly truncated?: boolean;
  readonly wrong?: boolean;
}

function send(response: ServerResponse, repo: string, { method, url, headers }: RecordedRequest, damage: Damage = {}) {
  if (url.startsWith('/api/')) return sendJson(response, repo, url, damage);
  const content = contentOf(repo);
  const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
  const [, first, last] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const bytes = content.subarray(start, last ? Number(last) + 1 : content.length);
  response.writeHead(first === undefined ? 200 : 206, {
    'x-repo-commit': COMMIT,
    etag,
    'x-linked-etag': etag,
    'x-linked-size': content.length,
    'content-length': bytes.length,
    ...(first !== undefined && {
      'content-range': `bytes ${start}-${start + bytes.length - 1}/${content.length}`,
    }),
  });
  if (method === 'HEAD') return response.end();
  if (damage.wrong) bytes[0]! ^= 1;
  if (!damage.truncated) return response.end(bytes);
  return response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function sendJson(response: ServerResponse, repo: string, url: string, { truncated = false }: Damage): unknown {
  const content = contentOf(repo);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const entry = { type: 'file', path: 'f.bin', size: content.length, oid: COMMIT, lfs: { oid: sha256, size: 1 } };
  const info = { id: repo, sha: COMMIT, siblings: [{ rfilename: 'f.bin' }] };
  const json = JSON.stringify(url.includes('/tree/') ? [entry] : url.includes('?author=') ? [info] : info);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length });
  if (!truncated) return response.end(json);
  return response.write(json.slice(0, 5), () => response.destroy());
}

const OPERATIONS: Readonly<Record<string, readonly [path: (repo: string) => string, options?: RequestOptions]>> = {
  HEAD: [(repo) => `/${repo}/resolve/main/f.bin`, { method: 'HEAD' }],
  range: [(repo) => `/${repo}/resolve/main/f.bin`, { headers: { range: 'bytes=0-99' } }],
  GET: [(repo) => `/${repo}/resolve/main/f.bin`],
  tree: [(repo) => `/api/models/${repo}/tree/main`],
  info: [(repo) => `/api/models/${repo}`],
  list: [(repo) => `/api/models?author=${repo.split('/')[0]}`],
};

const FAILED = { HEAD: 'error', range: 'error', GET: 'error', tree: 'error', info: 'error', list: 'error' };
/** Faults that do not affect all operations. A range cannot be verified before the whole file has arrived. */
const NOT_CACHED: Readonly<Record<string, Record<string, string>>> = {
  truncation: { ...FAILED, HEAD: 'right', range: 'right', GET: 'broken' },
  'wrong bytes': { HEAD: 'right', range: 'wrong', GET: 'broken', tree: 'right', info: 'right', list: 'right' },
};

let world: HubWithSources;
/** The fault of each namespace. */
const faults = new Map<string, string>();
const orgOf = (fault: string, state: State): string => `${fault.replaceAll(' ', '-')}-${state}`.toLowerCase();

const reply: Responder = (response, request) => {
  const [, org = ''] = /^(?:\/api\/models(?:\/|\?.*?author=)|\/)([^/?&]+)/.exec(request.url)!;
  const fault = faults.get(org);
  return fault === undefined ? send(response, `${org}/r`, request) : FAULTS[fault]!(response, `${org}/r`, request);
};

const read = (operation: string, repo: string) => {
  const [path, options] = OPERATIONS[operation]!;
  return world.sendRequest(path(repo), options);
};

/** `right`: as without the fault. `error`: an error of the source. `broken`: the connection was closed before the end. */
async function outcomeOf(operation: string, repo: string): Promise<string> {
  const content = contentOf(repo);
  try {
    const { status, body, headers, ...response } = await read(operation, repo);
    if ([429, 502, 503, 504].includes(status)) return 'error';
    if (operation === 'list' && headers['x-source-failures'] !== undefined) return 'error';
    const expected = operation === 'range' ? content.subarray(0, 100) : content;
    if (status === (operation === 'range' ? 206 : 200)) {
      if (operation === 'HEAD') return headers['content-length'] === String(content.length) ? 'right' : 'wrong';
      if (operation === 'GET' || operation === 'range') return body.equals(expected) ? 'right' : 'wrong';
      return JSON.stringify(response.json.call({ body })).includes(operation === 'tree' ? 'f.bin' : repo)
        ? 'right'
        : 'wrong';
    }
    return `${status}`;
  } catch {
    return 'broken';
  }
}

describe('a source that fails', () => {
  beforeAll(async () => {
    const facts = [{ delivery: 'cache', timeout_seconds: 1 }] as const;
    world = await startHubWithSources([reply], { facts, env: { KOHAKU_HUB_NAMESPACE_GUARD: 'off' } });
    for (const fault of NAMES)
      for (const state of ['held', 'half'] as const) {
        const repo = `${orgOf(fault, state)}/r`;
        for (const operation of Object.keys(OPERATIONS))
          if (state === 'held' || operation !== 'GET')
            expect([repo, operation, await outcomeOf(operation, repo)]).toEqual([repo, operation, 'right']);
        if (state === 'held') await eventually(async () => (await read('GET', repo)).headers['x-cache'] === 'hit');
      }
    await ageKeptAnswers(world.hub, 120);
  });
  afterAll(() => world.close());

  it.each(NAMES)('serves what the hub has, and reports an error for everything else: %s', async (fault) => {
    const outcomes: Record<string, Record<string, string>> = {};
    if (fault === 'refused connections') await world.sources[0]!.close();
    for (const state of STATES) {
      const org = orgOf(fault, state);
      faults.set(org, fault);
      outcomes[state] = {};
      for (const operation of Object.keys(OPERATIONS)) {
        world.hub.app.get(UpstreamClient, { strict: false }).reset(); // each operation is sent
        outcomes[state][operation] = await outcomeOf(operation, `${org}/r`);
      }
    }
    const kept = { HEAD: 'right', range: 'right', tree: 'right', info: 'right', list: 'right' };
    expect(outcomes.held).toEqual({ ...kept, GET: 'right' });
    // the bytes of the second block are requested after the response has begun
    expect(outcomes.half).toEqual({ ...kept, GET: 'broken' });
    expect(outcomes.none).toEqual(NOT_CACHED[fault] ?? FAILED);
  });
});
