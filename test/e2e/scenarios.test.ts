import type { HubErrorCode } from '../../src/domain/hub-error.js';
import { expectedFailure, OPERATIONS, outcomeOf, SCENARIOS, type Scenario } from '../support/chain-scenarios.js';
import { hang, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);

/** The HTTP request for each operation. Each test uses a different repository name, so no cached binding interferes. */
const REQUESTS: Readonly<Record<string, { method: 'GET' | 'HEAD' | 'POST'; path: (name: string) => string }>> = {
  info: { method: 'GET', path: (name) => `/api/models/o/${name}` },
  revision: { method: 'GET', path: (name) => `/api/models/o/${name}/revision/main` },
  tree: { method: 'GET', path: (name) => `/api/models/o/${name}/tree/main` },
  pathsInfo: { method: 'POST', path: (name) => `/api/models/o/${name}/paths-info/main` },
  refs: { method: 'GET', path: (name) => `/api/models/o/${name}/refs` },
  commits: { method: 'GET', path: (name) => `/api/models/o/${name}/commits/main` },
  resolveHead: { method: 'HEAD', path: (name) => `/o/${name}/resolve/main/a.txt` },
  resolveGet: { method: 'GET', path: (name) => `/o/${name}/resolve/main/a.txt` },
};

/** Answers with the scenario that the repository's name gives for this source, as in `xinfo.503.404_repo`. */
const scriptedBy =
  (position: number): Responder =>
  (response, request) => {
    const names = /\/o\/(x[^/?]*)/.exec(request.url)?.[1]?.split('.').slice(1) ?? [];
    const scenario = SCENARIOS.find(({ name }) => name === names[position]);
    if (!scenario) return response.writeHead(404).end();
    if (scenario.name === 'timeout') return hang()(response, request);
    if (scenario.status === null) return reset()(response, request);
    const [, verb = 'info'] = /\/(tree|paths-info|commits|refs)(?:\/|$)/.exec(request.url) ?? [];
    const outcome = outcomeOf(scenario, OPERATIONS[verb === 'refs' || verb === 'info' ? verb : 'tree']!);
    if (outcome.kind !== 'reply') throw new Error('a scenario with a status is a reply');
    const body = scenario.status < 400 ? JSON.stringify(outcome.json) : '';
    response.writeHead(scenario.status, {
      ...outcome.headers,
      'x-repo-commit': SHA,
      etag: `"${'b'.repeat(40)}"`,
      ...(scenario.status < 400 && { 'content-type': body ? 'application/json' : 'text/plain' }),
      'content-length': Buffer.byteLength(body),
    });
    return response.end(request.method === 'HEAD' ? undefined : body);
  };

const STATUS: Partial<Record<HubErrorCode, number>> = {
  GatedRepo: 401,
  Disabled: 403,
  Forbidden: 403,
  RepoNotFound: 404,
  EntryNotFound: 404,
  RevisionNotFound: 404,
  RateLimited: 429,
  UpstreamFailed: 502,
  UpstreamUnavailable: 503,
  UpstreamTimeout: 504,
};
const CODES_SENT_TO_CLIENTS: readonly string[] = ['RepoNotFound', 'EntryNotFound', 'RevisionNotFound', 'GatedRepo'];

/** The response that clients must get from a chain of scenarios. */
function expectedResponse(chain: readonly Scenario[], name: string): { status: number; code: string | undefined } {
  const last = chain.at(-1)!;
  if (last.bind === 'respond') return { status: name === 'resolveGet' ? 302 : 200, code: undefined };
  const code = last.bind === 'propagate' ? (last.code as HubErrorCode) : expectedFailure(chain, OPERATIONS[name]!);
  return { status: STATUS[code]!, code: CODES_SENT_TO_CLIENTS.includes(code) ? code : undefined };
}

const scenariosOf = (...names: string[]): Scenario[] =>
  names.map((name) => SCENARIOS.find((scenario) => scenario.name === name)!);

const TWO_SOURCES = [
  ...SCENARIOS.filter(({ binds }) => !binds).map((first) => [first, ...scenariosOf('200_ok')]),
  ...[
    ['404_repo', '404_entry'],
    ['404_bare', '404_bare'],
    ['404_bare', '404_repo'],
    ['503', '404_repo'],
    ['401_gated', '503'],
  ].map((names) => scenariosOf(...names)),
];

describe('responses of a hub whose sources answer', () => {
  let world: HubWithSources;

  beforeAll(async () => {
    world = await startHubWithSources([scriptedBy(0), scriptedBy(1)], {
      env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', KOHAKU_HUB_FALLBACK_HEDGE_MS: '0' },
    });
  });
  afterAll(() => world.close());

  /** Resets the failure counts: five failures in a row would open a circuit breaker, which would affect the next case. */
  let calls = 0;
  const resetBreakers = async (): Promise<void> => {
    for (const names of ['200_ok', '404_repo.200_ok'])
      await world.sendRequest(`/api/models/o/xreset${calls++}.${names}`);
  };

  const check = async (chain: readonly Scenario[], operations: readonly string[]): Promise<void> => {
    for (const name of operations) {
      const { method, path } = REQUESTS[name]!;
      const repo = `x${name}.${chain.map((scenario) => scenario.name).join('.')}`;
      const body =
        method === 'POST'
          ? { body: 'paths=a.txt', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
          : {};
      const reply = await world.sendRequest(path(repo), { method, ...body });
      const actual = { status: reply.status, code: reply.headers['x-error-code'] };
      expect({ name, chain: repo, ...actual }).toEqual({ name, chain: repo, ...expectedResponse(chain, name) });
      await resetBreakers();
    }
  };

  const single = SCENARIOS.map((scenario) => [scenario, ...scenariosOf('404_repo')]);
  it.each(single.map((chain) => [chain[0]!.name, chain] as const))(
    '%s, then 404 from the next source: every operation',
    async (_name, chain) => {
      await check(chain[0]!.binds ? [chain[0]!] : chain, Object.keys(REQUESTS));
    },
  );

  it.each(TWO_SOURCES.map((chain) => [chain.map(({ name }) => name).join(' → '), chain] as const))(
    '%s: info and HEAD resolve',
    async (_name, chain) => {
      await check(chain, ['info', 'resolveHead']);
    },
  );
});
