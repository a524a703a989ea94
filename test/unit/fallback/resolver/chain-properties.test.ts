import fc from 'fast-check';
import type { Attempt } from '../../../../src/domain/attempt.js';
import { chooseFailure } from '../../../../src/domain/choose-failure.js';
import { classifyReply } from '../../../../src/domain/classify-reply.js';
import type { Operation } from '../../../../src/domain/operation.js';
import type { Outcome } from '../../../../src/domain/upstream.js';
import { withTokenState } from '../../../../src/fallback/resolver/definitive-answer.js';
import { walkChain, type ChainWalk } from '../../../../src/fallback/resolver/walk-chain.js';
import { buildSource } from '../../../support/build-source.js';

const repo = { type: 'model', namespace: 'acme', name: 'secret' } as const;
const COMMIT = 'a'.repeat(40);
const OPERATIONS: readonly Operation[] = [
  { kind: 'info', repo, query: [] },
  { kind: 'tree', repo, query: [], rest: ['main'] },
  {
    kind: 'resolve',
    raw: false,
    method: 'HEAD',
    repo,
    revision: 'main',
    path: ['config.json'],
    query: [],
    conditions: {},
  },
];

const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({
  kind: 'reply',
  status,
  headers: status < 400 ? { 'x-repo-commit': COMMIT, ...headers } : headers,
});

/** Whether a source with this outcome has the repository, as far as the hub can know if the source accepts its token or has none. */
type Knowledge = 'has it' | 'does not have it' | 'unknown';
/** Outcomes, their usual meaning, and their meaning if the source has rejected its token. */
const OUTCOMES: readonly (readonly [outcome: Outcome, usually: Knowledge, withoutToken: Knowledge])[] = [
  [reply(200), 'has it', 'has it'],
  [reply(404, { 'x-error-code': 'RepoNotFound' }), 'does not have it', 'unknown'],
  [reply(401, { 'x-error-message': 'Invalid username or password.' }), 'does not have it', 'unknown'],
  [reply(401), 'unknown', 'unknown'],
  [reply(404, { 'content-type': 'text/plain' }), 'unknown', 'unknown'],
  [reply(404, { 'x-error-code': 'RevisionNotFound' }), 'has it', 'has it'],
  [reply(401, { 'x-error-code': 'GatedRepo' }), 'unknown', 'unknown'],
  [reply(403), 'unknown', 'unknown'],
  [reply(403, { 'x-error-message': 'Access to this resource is disabled.' }), 'unknown', 'unknown'],
  [reply(429), 'unknown', 'unknown'],
  [reply(500), 'unknown', 'unknown'],
  [reply(503), 'unknown', 'unknown'],
  [{ kind: 'failure', category: 'network', message: 'The connection failed' }, 'unknown', 'unknown'],
  [{ kind: 'failure', category: 'timeout', message: 'It did not respond in time' }, 'unknown', 'unknown'],
  [{ kind: 'failure', category: 'invalid', message: 'It responded with a web page' }, 'unknown', 'unknown'],
];

const link = fc.record({
  outcome: fc.constantFrom(...OUTCOMES),
  rejectsToken: fc.boolean(),
  onError: fc.constantFrom('next' as const, 'fail' as const),
  /** Duration of its response in milliseconds. */
  ms: fc.integer({ min: 0, max: 3000 }),
});
type Link = typeof link extends fc.Arbitrary<infer T> ? T : never;

const run = fc.record({
  chain: fc.array(link, { minLength: 1, maxLength: 4 }),
  operation: fc.constantFrom(...OPERATIONS),
  hedgeMs: fc.constantFrom(0, 50, 250),
  maxConcurrent: fc.integer({ min: 1, max: 4 }),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

const knowledgeOf = ({ outcome: [, usually, withoutToken], rejectsToken }: Link): Knowledge =>
  rejectsToken ? withoutToken : usually;

/** A clock whose events run in order of their time, without waiting. */
class Events {
  private now = 0;
  private readonly queue: { at: number; run: () => void }[] = [];

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const event = { at: this.now + ms, run: callback };
    this.queue.push(event);
    return () => void (event.run = () => {});
  };

  async runAll(): Promise<void> {
    await settled();
    for (;;) {
      this.queue.sort((a, b) => a.at - b.at);
      const event = this.queue.shift();
      if (!event) return;
      this.now = event.at;
      event.run();
      await settled();
    }
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function attemptOf({ outcome: [outcome], rejectsToken }: Link, operation: Operation, name: string): Attempt {
  const body = operation.kind === 'tree' ? [] : { id: 'acme/secret' };
  const replied = outcome.kind === 'reply' && outcome.status < 400 ? { ...outcome, json: body } : outcome;
  const actual: Outcome = { ...replied, ...(rejectsToken && { tokenRejected: true }) };
  const classification = withTokenState(classifyReply(operation, actual), [actual]);
  return { ...classification, outcome: actual, source: buildSource({ name }), method: 'GET', path: '/', ms: 0 };
}

async function walk({ chain, operation, hedgeMs, maxConcurrent }: Run): Promise<ChainWalk<Attempt>> {
  const events = new Events();
  const candidates = chain.map((item, at) => ({ onError: item.onError, at }));
  const walked = walkChain<(typeof candidates)[number], Attempt>({
    candidates,
    hedgeMs,
    maxConcurrent,
    after: events.after,
    probe: ({ at }, signal) =>
      new Promise((resolve) => {
        const timedOut: Link = { ...chain[at]!, outcome: OUTCOMES[11]! };
        signal.addEventListener('abort', () => resolve(attemptOf(timedOut, operation, `S${at}`)));
        events.after(chain[at]!.ms, () => resolve(attemptOf(chain[at]!, operation, `S${at}`)));
      }),
  });
  await events.runAll();
  return walked;
}

describe('a chain with any outcomes, token states, timing and settings', () => {
  it('never serves a repository of another source after a source with on_error: fail that may have it', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (input) => {
        const { chosen } = await walk(input);
        if (!chosen) return;
        const before = input.chain.slice(0, Number(chosen.source.name.slice(1)));
        for (const item of before) if (item.onError === 'fail') expect(knowledgeOf(item)).toBe('does not have it');
      }),
      { numRuns: 1500 },
    );
  });

  it('is "not found" only if every source definitively does not have the repository', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (input) => {
        const { attempts, chosen } = await walk(input);
        if (chosen) return;
        const { code } = chooseFailure(attempts, input.operation.kind);
        const isNotFound = ['RepoNotFound', 'EntryNotFound', 'NotFound'].includes(code);
        const allKnown = input.chain.map(knowledgeOf).every((knowledge) => knowledge === 'does not have it');
        expect(isNotFound).toBe(allKnown);
      }),
      { numRuns: 1500 },
    );
  });

  it('serves the first source that has the repository if each earlier one definitively does not', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (input) => {
        const knowledge = input.chain.map(knowledgeOf);
        const first = knowledge.findIndex((item) => item !== 'does not have it');
        fc.pre(first >= 0 && knowledge[first] === 'has it');
        // A silent source with on_error: next may be overtaken by a later one (ADR 1).
        fc.pre(input.hedgeMs === 0 || input.chain.slice(0, first + 1).every(({ ms }) => ms <= 4 * input.hedgeMs));
        expect((await walk(input)).chosen?.source.name).toBe(`S${first}`);
      }),
      { numRuns: 1500 },
    );
  });
});
