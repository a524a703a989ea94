import type { Attempt, Classification } from '../../../../src/domain/attempt.js';
import { chooseFailure } from '../../../../src/domain/choose-failure.js';
import { classifyReply } from '../../../../src/domain/classify-reply.js';
import type { Operation } from '../../../../src/domain/operation.js';
import type { Source } from '../../../../src/domain/source.js';
import type { Outcome } from '../../../../src/domain/upstream.js';
import { isInconclusive, withErrorRule, withTokenState } from '../../../../src/fallback/resolver/definitive-answer.js';
import { walkChain } from '../../../../src/fallback/resolver/walk-chain.js';
import { buildSource } from '../../../support/build-source.js';

const info: Operation = { kind: 'info', repo: { type: 'model', namespace: 'acme', name: 'secret' }, query: [] };
const reply = (status: number, headers: Record<string, string> = {}, json?: unknown): Outcome => ({
  kind: 'reply',
  status,
  headers,
  json,
});

/** Possible outcomes of a source. `serves` and `no` are their meanings unless the token is rejected; `no: 'next'` only if `on_error` is `next`. */
const OUTCOMES: Readonly<Record<string, { outcome: Outcome; serves?: true; no?: true | 'next' }>> = {
  'the repository': { outcome: reply(200, {}, { id: 'acme/secret' }), serves: true },
  'not found': { outcome: reply(404, { 'x-error-code': 'RepoNotFound' }), no: true },
  'a message of a hub': {
    outcome: { kind: 'reply', status: 404, headers: {}, message: 'No model x', messageField: 'error' },
    no: true,
  },
  'an empty 404': { outcome: reply(404), no: 'next' },
  'an anonymous 401': { outcome: reply(401, { 'x-error-message': 'Invalid username or password.' }), no: true },
  'a 401 of an API gateway': { outcome: reply(401, {}, { error: 'x' }) },
  'the 404 page of a proxy': { outcome: reply(404, { 'content-type': 'text/html' }) },
  'a gated repository': { outcome: reply(403, { 'x-error-code': 'GatedRepo' }) },
  'a disabled repository': { outcome: reply(403, { 'x-error-message': 'Access to this resource is disabled.' }) },
  'a bare 403 of a firewall': { outcome: reply(403) },
  'a sign-in page': { outcome: { kind: 'failure', category: 'invalid', message: 'It responded with a web page' } },
  'a redirect to a portal': { outcome: reply(302) },
  'a server error': { outcome: reply(500) },
  'a rate limit': { outcome: reply(429) },
  'a timeout': { outcome: { kind: 'failure', category: 'timeout', message: 'It did not respond in time' } },
  'no connection': { outcome: { kind: 'failure', category: 'network', message: 'The connection failed' } },
  'an open breaker': { outcome: { kind: 'failure', category: 'unavailable', message: 'It failed repeatedly' } },
};
const TOKENS = ['none', 'accepted', 'rejected'] as const;
const ON_ERRORS = ['next', 'fail'] as const;

interface Case {
  readonly name: string;
  readonly token: (typeof TOKENS)[number];
  readonly onError: (typeof ON_ERRORS)[number];
}
const CASES: readonly Case[] = Object.keys(OUTCOMES).flatMap((name) =>
  TOKENS.flatMap((token) => ON_ERRORS.map((onError) => ({ name, token, onError }))),
);

const HIDDEN_WITHOUT_TOKEN = [
  'not found',
  'a message of a hub',
  'an empty 404',
  'an anonymous 401',
  'a gated repository',
  'a bare 403 of a firewall',
];
const serves = ({ name }: Case): boolean => OUTCOMES[name]!.serves === true;
function isNo({ name, token, onError }: Case): boolean {
  const { no } = OUTCOMES[name]!;
  return (no === true || no === onError) && token !== 'rejected';
}
const isRejected = ({ name, token }: Case): boolean => token === 'rejected' && HIDDEN_WITHOUT_TOKEN.includes(name);

function classified({ name, token, onError }: Case): Classification & { readonly outcome: Outcome } {
  const outcome: Outcome = { ...OUTCOMES[name]!.outcome, ...(token === 'rejected' && { tokenRejected: true }) };
  return { ...withErrorRule(withTokenState(classifyReply(info, outcome), [outcome]), { onError }), outcome };
}

async function walk(chain: readonly Case[]) {
  const candidates = chain.map(({ onError }, n): Source & { readonly at: number } => ({
    ...buildSource({ key: `db:${n}`, name: `S${n}`, onError }),
    at: n,
  }));
  return walkChain<(typeof candidates)[number], Attempt>({
    candidates,
    probe: (source) =>
      Promise.resolve({ ...classified(chain[source.at]!), source, method: 'GET', path: '/', ms: 0 } as Attempt),
    hedgeMs: 0,
    maxConcurrent: 5,
    after: () => () => {},
  });
}

/** Index of the source that must serve: the first that has the repository, unless an earlier one ends the chain. */
function expectedSource(chain: readonly Case[]): number | undefined {
  for (const [n, link] of chain.entries()) {
    if (serves(link)) return n;
    if (link.onError === 'fail' && !isNo(link)) return undefined;
  }
  return undefined;
}

const label = (chain: readonly Case[]): string =>
  chain.map(({ name, token, onError }) => `${name} (token ${token}, ${onError})`).join(' → ');

async function wrongChains(chains: Iterable<readonly Case[]>): Promise<string[]> {
  const wrong: string[] = [];
  for (const chain of chains) {
    const { attempts, chosen } = await walk(chain);
    const expected = expectedSource(chain);
    if (chosen?.source.name !== (expected === undefined ? undefined : `S${expected}`)) wrong.push(label(chain));
    if (chosen) {
      const before = chain.slice(0, expected);
      if (attempts.some(isInconclusive) !== before.some((link) => !isNo(link))) wrong.push(`doubt: ${label(chain)}`);
      continue;
    }
    const { code } = chooseFailure(attempts, 'info');
    const tried = chain.slice(0, attempts.length);
    if ((code === 'RepoNotFound') !== tried.every(isNo)) wrong.push(`${code}: ${label(chain)}`);
  }
  return wrong;
}

function* chainsOf(length: number): Generator<readonly Case[]> {
  if (length === 0) return void (yield []);
  for (const first of CASES) for (const rest of chainsOf(length - 1)) yield [first, ...rest];
}

describe('a chain of sources', () => {
  it.each([1, 2])(
    'decides every combination of outcome, token and on_error correctly, with %d sources',
    async (length) => {
      expect(await wrongChains(chainsOf(length))).toEqual([]);
    },
  );

  it('decides them correctly with three sources if the last has the repository', async () => {
    const last = CASES.filter(serves);
    const chains = function* (): Generator<readonly Case[]> {
      for (const first of chainsOf(2)) for (const link of last) yield [...first, link];
    };
    expect(await wrongChains(chains())).toEqual([]);
  });

  it('never serves the repository of another source after a rejected token under on_error: fail', async () => {
    for (const first of CASES.filter((link) => isRejected(link) && link.onError === 'fail'))
      for (const second of CASES.filter(serves)) {
        const { attempts, chosen } = await walk([first, second]);
        expect(chosen).toBeUndefined();
        expect(attempts.map(({ category }) => category)).toEqual(['token-rejected']);
        expect(chooseFailure(attempts, 'info')).toMatchObject({
          code: 'UpstreamFailed',
          message: 'Source "S0" rejected its token. Update it in Admin → Fallback sources.',
        });
      }
  });
});
