import fc from 'fast-check';
import type { Attempt, AttemptCategory } from '../../../src/domain/attempt.js';
import type { OperationKind } from '../../../src/domain/operation.js';
import { OPERATION_KINDS } from '../../support/chain-scenarios.js';
import type { Outcome } from '../../../src/domain/upstream.js';
import { chooseFailure } from '../../../src/domain/choose-failure.js';
import { buildSource } from '../../support/build-source.js';

const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({ kind: 'reply', status, headers });
const failure = (category: 'timeout' | 'network' | 'unavailable' | 'rate-limited', retryAfter?: number): Outcome => ({
  ...{ kind: 'failure', category, message: `no answer: ${category}`, retryAfter },
});
let count = 0;
const attempt = (category: AttemptCategory, outcome: Outcome, repoDenied = false): Attempt => ({
  ...{
    source: buildSource({ name: `S${++count}` }),
    outcome,
    category,
    repoDenied,
    verdict: 'next',
    method: 'GET',
    path: '/',
    ms: 1,
  },
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
const resting = attempt('unavailable', failure('unavailable', 12));
const busy = attempt('server', reply(503));
const broken = attempt('server', reply(500));
const offline = attempt('network', failure('network'));
const portal = attempt('other', reply(200));

it.each<[string, Attempt[], OperationKind, string, object]>([
  ['nobody to ask', [], 'info', 'RepoNotFound', {}],
  ['nobody to ask for a file', [], 'resolve', 'RepoNotFound', {}],
  ['all deny', [denied, missing], 'info', 'RepoNotFound', {}],
  ['the file is missing', [missing, missing], 'resolve', 'EntryNotFound', {}],
  ['the paths are missing', [missing], 'pathsInfo', 'EntryNotFound', {}],
  ['one denies the repository of a file', [missing, denied], 'resolve', 'RepoNotFound', {}],
  ['gated above all', [disabled, forbidden, limited, silent, gated], 'resolve', 'GatedRepo', {}],
  ['disabled before forbidden', [forbidden, broken, disabled], 'info', 'Disabled', {}],
  ['forbidden before a limit', [limited, missing, forbidden], 'info', 'Forbidden', {}],
  ['a limit before being down', [broken, missing, limited], 'info', 'RateLimited', { retryAfter: 7 }],
  ['a limit that we remember', [held], 'info', 'RateLimited', { retryAfter: 33 }],
  ['silent', [missing, silent, broken], 'info', 'UpstreamTimeout', {}],
  ['a gateway that waited in vain', [gateway], 'info', 'UpstreamTimeout', {}],
  ['resting', [resting], 'info', 'UpstreamUnavailable', { retryAfter: 12 }],
  ['busy without saying for how long', [busy], 'info', 'UpstreamUnavailable', { retryAfter: 1 }],
  ['broken', [broken, silent], 'info', 'UpstreamFailed', {}],
  ['offline', [denied, offline], 'resolve', 'UpstreamFailed', {}],
  ['a captive portal', [portal, missing], 'info', 'UpstreamFailed', {}],
])('%s', (_, attempts, kind, code, facts) => {
  const error = chooseFailure(attempts, kind);
  expect(error).toMatchObject({ code, facts });
  const isPlain = code === 'RepoNotFound' || code === 'EntryNotFound';
  expect(error.facts.sources?.map(({ name }) => name)).toEqual(
    isPlain ? undefined : attempts.map((a) => a.source.name),
  );
});

it("gives a gated source's own words", () =>
  expect(chooseFailure([gated], 'info').message).toBe('Ask for access first.'));

it('tells of the sources their name, status and category, and nothing else', () => {
  expect(chooseFailure([limited, silent], 'info').facts.sources).toEqual([
    { name: limited.source.name, status: 429, category: 'rate-limited' },
    { name: silent.source.name, status: null, category: 'timeout' },
  ]);
});

it('never says "not found" when a source did not say so (law 9)', () => {
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
    resting,
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
