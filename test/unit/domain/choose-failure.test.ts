import fc from 'fast-check';
import type { Attempt, AttemptCategory } from '../../../src/domain/attempt.js';
import type { OperationKind } from '../../../src/domain/operation.js';
import { OPERATION_KINDS } from '../../support/chain-scenarios.js';
import type { Outcome } from '../../../src/domain/upstream.js';
import { chooseFailure } from '../../../src/domain/choose-failure.js';
import { buildSource } from '../../support/build-source.js';

const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({ kind: 'reply', status, headers });
const failure = (category: 'timeout' | 'network' | 'unavailable' | 'rate-limited', retryAfter?: number): Outcome => ({
  kind: 'failure',
  category,
  message: `no response: ${category}`,
  retryAfter,
});
let count = 0;
const attempt = (category: AttemptCategory, outcome: Outcome, repoDenied = false): Attempt => ({
  source: buildSource({ name: `S${++count}` }),
  outcome,
  category,
  repoDenied,
  verdict: 'next',
  method: 'GET',
  path: '/',
  ms: 1,
});

const missing = attempt('not-found', reply(404));
const denied = attempt('not-found', reply(404), true);
const gated = attempt('auth', reply(401, { 'x-error-message': 'Ask for access first.' }));
const disabled = attempt('disabled', reply(403));
const forbidden = attempt('forbidden', reply(403));
const limited = attempt('rate-limited', reply(429, { 'retry-after': '7' }));
const held = attempt('rate-limited', failure('rate-limited', 33));
const silent = attempt('timeout', failure('timeout'));
const gateway = attempt('server', reply(504));
const open = attempt('unavailable', failure('unavailable', 12));
const busy = attempt('server', reply(503));
const broken = attempt('server', reply(500));
const offline = attempt('network', failure('network'));
const portal = attempt('other', reply(200));

const cases: [what: string, attempts: Attempt[], kind: OperationKind, code: string, facts: object][] = [
  ['no sources', [], 'info', 'RepoNotFound', {}],
  ['no sources for a file', [], 'resolve', 'RepoNotFound', {}],
  ['all sources without the repository', [denied, missing], 'info', 'RepoNotFound', {}],
  ['a missing file', [missing, missing], 'resolve', 'EntryNotFound', {}],
  ['missing paths', [missing], 'pathsInfo', 'EntryNotFound', {}],
  ['a missing file and a missing repository', [missing, denied], 'resolve', 'RepoNotFound', {}],
  ['gated before any other', [disabled, forbidden, limited, silent, gated], 'resolve', 'GatedRepo', {}],
  ['disabled before forbidden', [forbidden, broken, disabled], 'info', 'Disabled', {}],
  ['forbidden before a rate limit', [limited, missing, forbidden], 'info', 'Forbidden', {}],
  ['a rate limit before a failure', [broken, missing, limited], 'info', 'RateLimited', { retryAfter: 7 }],
  ['a cached rate limit', [held], 'info', 'RateLimited', { retryAfter: 33 }],
  ['a timeout', [missing, silent, broken], 'info', 'UpstreamTimeout', {}],
  ['a gateway timeout', [gateway], 'info', 'UpstreamTimeout', {}],
  ['an open breaker', [open], 'info', 'UpstreamUnavailable', { retryAfter: 12 }],
  ['an unavailable source without Retry-After', [busy], 'info', 'UpstreamUnavailable', { retryAfter: 1 }],
  ['a server error', [broken, silent], 'info', 'UpstreamFailed', {}],
  ['a network error', [denied, offline], 'resolve', 'UpstreamFailed', {}],
  ['a captive portal', [portal, missing], 'info', 'UpstreamFailed', {}],
];

it('chooses the error by precedence, and names the sources unless nothing was found', () => {
  const chosen = cases.map(([what, attempts, kind]) => {
    const { code, facts } = chooseFailure(attempts, kind);
    return { what, code, facts, sources: facts.sources?.map(({ name }) => name) };
  });
  const expected = cases.map(([what, attempts, , code, facts]) => {
    const isPlain = code === 'RepoNotFound' || code === 'EntryNotFound';
    const sources = isPlain ? undefined : attempts.map(({ source }) => source.name);
    return { what, code, facts: expect.objectContaining(facts), sources };
  });
  expect(chosen).toEqual(expected);
});

it('returns the message of a gated source', () =>
  expect(chooseFailure([gated], 'info').message).toBe('Ask for access first.'));

it('explains in whole sentences that a source is gated, and that an error is not that of a hub', () => {
  const { message } = chooseFailure([attempt('auth', reply(401))], 'info');
  expect(message).toBe('Access to this repository is restricted by its source.');
  const page = attempt('other', reply(404));
  expect(chooseFailure([page], 'info').message).toBe(
    `The source ${page.source.name} failed. It responded with HTTP 404, but without the error message of a hub. Check the URL of the source, and whether a proxy responds in its place.`,
  );
});

it('reports only name, status and category of the sources', () => {
  expect(chooseFailure([limited, silent], 'info').facts.sources).toEqual([
    { name: limited.source.name, status: 429, category: 'rate-limited' },
    { name: silent.source.name, status: null, category: 'timeout' },
  ]);
});

it('returns a not-found error only if every source reported one (invariant 9)', () => {
  const all = [
    missing,
    denied,
    gated,
    disabled,
    forbidden,
    limited,
    held,
    silent,
    gateway,
    open,
    busy,
    broken,
    offline,
    portal,
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...all), { minLength: 1 }),
      fc.constantFrom(...OPERATION_KINDS),
      (attempts, kind) => {
        const { code } = chooseFailure(attempts, kind);
        const definitive = attempts.every((a) => a.category === 'not-found');
        expect(code === 'RepoNotFound' || code === 'EntryNotFound').toBe(definitive);
      },
    ),
  );
});

it.each([
  ['a file', portal, 'resolve', 'It responded with HTTP 200, but without the X-Repo-Commit header of a hub.'],
  ['information', portal, 'info', 'It responded with HTTP 200, but not with the JSON of a hub.'],
  ['a redirect', attempt('other', reply(302)), 'info', 'It redirected to another address (HTTP 302).'],
] as const)('explains in whole sentences a reply that is not that of a hub: %s', (_, result, kind, sentence) => {
  const { message } = chooseFailure([result], kind);
  expect(message).toBe(
    `The source ${result.source.name} failed. ${sentence} Check the URL and the type of the source.`,
  );
});
